using System.Net.Security;
using BridgeFramework.Network;

namespace BridgeFramework.IotHub;

/// <summary>Opens the stream of bytes that MQTT is spoken over: TCP, TLS where it is asked for, and no packet that is too large.</summary>
internal static class HubStream
{
    /// <param name="request">Where to.</param>
    /// <param name="trust">Judges the hub; null without TLS.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="System.Net.Sockets.SocketException">No address of the hub took the connection.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">TLS did not come about.</exception>
    /// <exception cref="IOException">The connection ended meanwhile.</exception>
    public static async Task<Stream> OpenAsync(
        HubConnectRequest request, TlsTrust? trust, TimeProvider time, CancellationToken cancellationToken)
    {
        var endpoint = request.Endpoint;
#pragma warning disable IDISP001 // The stream that is returned owns them; without one they are disposed below.
        var stream = await HostConnection.OpenAsync(endpoint.Host, endpoint.Port, request.ReachWithin, time, cancellationToken)
            .ConfigureAwait(false);
        var watch = new PacketWatch(request.MaxPacketLength);
        if (trust is null) return new WatchedStream(stream, watch);
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
#pragma warning restore IDISP001
        try
        {
            await secure.AuthenticateAsClientAsync(trust.Options(), cancellationToken).ConfigureAwait(false);
            return new WatchedStream(secure, watch);
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
