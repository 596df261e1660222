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
        try
        {
            return await HostConnection.OpenAsync(host, port, connectTimeout, time, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new LinkDownException($"{Endpoint} cannot be reached: {e.Message}. Check host, port, power and cable.", e);
        }
    }
}
