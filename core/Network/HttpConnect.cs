using System.Net.Http;
using System.Net.Sockets;

namespace BridgeFramework.Network;

/// <summary>How a <see cref="SocketsHttpHandler"/> reaches a host, in place of its own way, which holds a thread of the pool for the
/// look-up.</summary>
public static class HttpConnect
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <param name="context">Whom to reach.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SocketException">The name cannot be looked up, or no address takes the connection.</exception>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await HostLookup.Shared.FindAsync(host, within: null, cancellationToken).ConfigureAwait(false);
#pragma warning disable IDISP001 // The stream owns it; without a stream it is disposed below.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
#pragma warning restore IDISP001
        try
        {
            await socket.ConnectAsync([.. addresses.All], port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
