using System.Net;
using System.Net.Sockets;
using BridgeFramework.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A broker of a few bytes that ends connections in different ways: what the real transport makes of each.</summary>
public sealed class ConnectionEndTests
{
    private static readonly byte[] ConnAck = [0x20, 0x02, 0x00, 0x00];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_close_and_a_reset_by_the_hub_are_both_told_as_its_doing(bool orderly)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connecting = new MqttNetTransport(TimeProvider.System).ConnectAsync(RequestTo(((IPEndPoint)listener.LocalEndpoint).Port), Ct);
        using var hub = await listener.AcceptSocketAsync(Ct).AsTask().OrFail("a connection");
        await hub.ReceiveAsync(new byte[512], Ct).AsTask().OrFail("CONNECT");
        await hub.SendAsync(ConnAck, Ct);
        await using var link = await connecting.OrFail("the end of connecting");

        if (orderly) hub.Shutdown(SocketShutdown.Both);
        else hub.Close(timeout: 0); // which resets

        var end = await link.Closed.OrFail("the end of the connection");
        Assert.Equal(new LinkEnd("closed by the hub", ByHub: true), end);
    }

    private static HubConnectRequest RequestTo(int port) => new(
        new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false },
        SessionBench.Gateway.ClientId,
        ConnectCredentials.Sign(SessionBench.Gateway, new DeviceSecret(SessionBench.SecretText), "AbC12", ConnectCredentials.NeverExpires),
        ClientCertificate: null,
        TestTime.Noon,
        TimeSpan.FromSeconds(240),
        TimeSpan.FromSeconds(15),
        MaxPacketLength: 256 * 1024,
        (_, _, _) => { });
}
