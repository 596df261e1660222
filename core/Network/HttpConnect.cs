using System.Net.Http;
using System.Net.Sockets;

namespace BridgeFramework.Network;

/// <summary>How a <see cref="SocketsHttpHandler"/> reaches a host, in place of its own way, which holds a thread of the pool for the
/// look-up.</summary>
public static class HttpConnect
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <param name="context">Whom to reach.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SocketException">The name cannot be looked up, or no address takes the connection within 10 s.</exception>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        return await HostConnection.OpenAsync(host, port, Patience, TimeProvider.System, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects to one of these addresses, and looks up nothing.</summary>
    /// <param name="addresses">At least one, in the order in which they are tried.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SocketException">No address takes the connection within 10 s.</exception>
    public static Task<Stream> ConnectAsync(HostAddresses addresses, int port, CancellationToken cancellationToken) =>
        HostConnection.OpenAsync(addresses, port, Patience, TimeProvider.System, cancellationToken);
}
