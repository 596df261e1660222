using System.Net.Sockets;
using BridgeFramework.Network;

namespace BridgeFramework.Drivers;

/// <summary>Reaches a line by TCP, without Nagle's delay.</summary>
/// <remarks>A name is looked up anew for each attempt; where no name server answers, its last address is tried.</remarks>
/// <param name="host">A name or an address.</param>
/// <param name="port">1 to 65535.</param>
/// <param name="connectTimeout">The longest time for resolving and connecting together.</param>
/// <param name="time">The clock.</param>
public sealed class TcpTransport(string host, int port, TimeSpan connectTimeout, TimeProvider time) : ITransport
{
    /// <inheritdoc/>
    public string Endpoint { get; } = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(connectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
#pragma warning disable IDISP001 // The stream owns it; without a stream it is disposed below.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
#pragma warning restore IDISP001
        HostAddresses addresses = default;
        try
        {
            addresses = await HostLookup.Shared.FindAsync(host, connectTimeout, either.Token);
            await socket.ConnectAsync([.. addresses.All], port, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new LinkDownException(
                $"{Endpoint}{addresses.Note} cannot be reached: {e.Message}. Check host, port, power and cable.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new LinkDownException(
                $"{Endpoint}{addresses.Note} did not take a connection within {connectTimeout.TotalSeconds:0.###} s. Check host, port, "
                    + "power and cable.",
                e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
