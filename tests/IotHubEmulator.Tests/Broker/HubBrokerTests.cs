using System.Net;
using System.Net.Sockets;
using System.Text;
using MQTTnet;
using MQTTnet.Formatter;

namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class HubBrokerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MqttProtocolVersion.V310)]
    [InlineData(MqttProtocolVersion.V311)]
    public async Task Both_old_versions_of_MQTT_are_spoken(MqttProtocolVersion version)
    {
        await using var hub = await StartAsync();
        await using var gateway = new TestGateway();
        Assert.Equal(MqttClientConnectResultCode.Success, await gateway.TryConnectAsync(hub, version: version));
        Assert.Equal(1, await gateway.SubscribeAsync("SUBPROD001/test1/data", 1));
        await gateway.PublishAsync("SUBPROD001/test1/data", "x");
        Assert.Equal("x", await gateway.HearTextAsync("its echo"));
    }

    [Theory]
    [InlineData("MQIsdp", 3)]
    [InlineData("MQTT", 4)]
    public async Task Raw_bytes_with_a_58_character_client_id_are_accepted(string protocol, byte level)
    {
        var id = new HubDeviceId("GWPROD0001", new string('d', 48));
        await using var hub = await StartAsync();
        hub.AddDevice(new EmulatedDevice { Id = id, Kind = HubDeviceKind.Gateway, DeviceSecret = Example.GatewaySecret });
        var (username, password) = TestGateway.Credentials(id.ClientId);
        Assert.Equal(58, id.ClientId.Length);
        Assert.Equal([0x20, 2, 0, 0], await ExchangeAsync(hub, Connect(protocol, level, id.ClientId, username, password), answerLength: 4));
    }

    [Fact]
    public async Task A_packet_that_is_no_CONNECT_ends_the_connection_and_nothing_else()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        Assert.Empty(await ExchangeAsync(
            hub, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: somebody who took the port for a web server\r\n\r\n"u8.ToArray(), 0));
        Assert.Empty(await ExchangeAsync(hub, [0x10, 0x06, 0, 4, 0x4D, 0x51, 0x54, 0x54], answerLength: 0));
        await gateway.HearsNothingElseAsync();
    }

    [Fact]
    public async Task Refusals_arrive_with_their_return_codes_and_are_recorded_without_the_password()
    {
        await using var hub = await StartAsync();
        string wrong = TestGateway.Credentials(Example.Gateway.ClientId, secret: Example.SubDeviceSecret).Password;
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await ConnectAsync(hub, Example.Gateway, password: wrong));
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, await ConnectAsync(hub, new HubDeviceId("GWPROD0001", "nobody")));
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, await ConnectAsync(hub, Example.Test1));
        Assert.Equal(MqttClientConnectResultCode.ClientIdentifierNotValid, await ConnectAsync(hub, new HubDeviceId("GW/PROD", "x")));
        Assert.Equal(4, hub.Counters.RefusedConnects);
        Assert.DoesNotContain(hub.GetTranscript(), entry => entry.ToString().Contains(wrong, StringComparison.Ordinal));
        Assert.Contains(hub.GetTranscript(), entry => entry is { Packet: "CONNACK", Direction: PacketDirection.Down }
            && entry.Detail!.StartsWith("rc=4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_second_connection_of_an_identity_ends_the_first()
    {
        await using var hub = await StartAsync();
        await using var first = await TestGateway.ConnectAsync(hub);
        await using var second = await TestGateway.ConnectAsync(hub);
        await first.Disconnected;
        await second.HearsNothingElseAsync();
        Assert.True(hub.Devices.Single(device => device.Id == Example.Gateway).Connected);
    }

    [Fact]
    public async Task Own_topics_and_those_of_bound_sub_devices_are_permitted_and_no_others()
    {
        await using var hub = await StartAsync();
        await hub.UnbindAsync(Example.Gateway, Example.Dev1);
        await using var gateway = await TestGateway.ConnectAsync(hub);
        Assert.Equal(1, await gateway.SubscribeAsync("GWPROD0001/test01/control", 1));
        Assert.Equal(1, await gateway.SubscribeAsync("SUBPROD001/test1/control", 2));
        Assert.Equal(0, await gateway.SubscribeAsync("$ota/update/SUBPROD001/test1", 0));
        Assert.Equal(0, await gateway.SubscribeAsync("$rrpc/rxd/SUBPROD001/test1/+", 0));
        string[] forbidden = ["SUBPROD001/dev1/control", "GWPROD0001/test02/data", "$gateway/operation/result/SUBPROD001/test1",
            "$gateway/operation/result/GWPROD0001/test02", "#", "SUBPROD001/+/data", "SUBPROD001/test1/event"];
        foreach (string topic in forbidden) Assert.Equal(0x80, await gateway.SubscribeAsync(topic, 1));
        Assert.Equal(forbidden.Length, hub.Counters.ForbiddenSubscribes);

        await gateway.PublishAsync("SUBPROD001/dev1/data", "acknowledged, then dropped");
        await gateway.PublishAsync("SUBPROD001/test1/control", "devices do not command");
        await gateway.PublishAsync("SUBPROD001/test1/event", "fine");
        Assert.Equal(2, hub.Counters.ForbiddenPublishes);
        Assert.Equal("fine", Assert.Single(hub.GetMessages()).Text);
    }

    [Fact]
    public async Task A_subscription_made_before_the_unbinding_hears_nothing_after_it()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        Assert.Equal(1, await gateway.SubscribeAsync("SUBPROD001/test1/data", 1));
        await hub.UnbindAsync(Example.Gateway, Example.Test1);
        Assert.Contains("\"change\"", await gateway.HearTextAsync("change"), StringComparison.Ordinal);
        await hub.BindAsync(Example.OtherGateway, Example.Test1);
        await using var other = await TestGateway.ConnectAsync(hub, Example.OtherGateway);
        await other.PublishAsync("SUBPROD001/test1/data", "for the new owner only");
        await gateway.HearsNothingElseAsync();
    }

    [Fact]
    public async Task A_publish_is_echoed_recorded_and_not_retained()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        Assert.Equal(0, await gateway.SubscribeAsync("SUBPROD001/test1/data", 0));
        await gateway.PublishAsync("SUBPROD001/test1/data", """{"action": "gateway subdev publish"}""", retain: true);
        var echo = await gateway.HearAsync("its echo");
        Assert.Equal(("SUBPROD001/test1/data", 36, 0, false), (echo.Topic, echo.Payload.Length, echo.Qos, echo.Retain));
        var message = Assert.Single(hub.GetMessages("SUBPROD001", "test1"));
        Assert.Equal((1, Example.Now, 1), (message.Sequence, message.Time, message.Qos));
        Assert.Equal(0, await gateway.SubscribeAsync("SUBPROD001/test1/#", 0));
        await gateway.HearsNothingElseAsync();
    }

    [Fact]
    public async Task A_system_topic_is_for_the_hub_and_routed_to_nobody()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        await gateway.PublishAsync("$ota/report/SUBPROD001/test1", """{"type": "report_version", "report": {"version": "0.1.0"}}""");
        Assert.Empty(hub.GetMessages());
        Assert.Equal(0, hub.Counters.ForbiddenPublishes);
    }

    [Fact]
    public async Task A_payload_above_16_KB_is_acknowledged_and_dropped()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        await gateway.PublishAsync("SUBPROD001/test1/data", new byte[16 * 1024]);
        await gateway.PublishAsync("SUBPROD001/test1/data", new byte[16 * 1024 + 1]);
        Assert.Single(hub.GetMessages());
        Assert.Equal(1, hub.Counters.OversizedPublishes);
    }

    [Fact]
    public async Task A_will_is_never_published()
    {
        await using var hub = await StartAsync();
        await using var gateway = new TestGateway();
        Assert.Equal(MqttClientConnectResultCode.Success, await gateway.TryConnectAsync(hub, willTopic: "GWPROD0001/test01/data"));
        await hub.DisconnectAsync(Example.Gateway);
        await hub.WaitForDeviceAsync(Example.Gateway, device => !device.Connected, Ct);
        await using var again = await TestGateway.ConnectAsync(hub);
        await again.HearsNothingElseAsync();
        Assert.Equal("marker", Assert.Single(hub.GetMessages()).Text);
    }

    [Fact]
    public async Task A_hub_that_was_down_is_back_on_the_same_port_with_its_devices()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        int port = hub.MqttPort;
        await gateway.AskAsync("""{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1"}]}}""");
        await hub.StopBrokerAsync();
        await gateway.Disconnected;
        Assert.False(hub.Devices.Single(device => device.Id == Example.Gateway).Connected);
        await hub.StartBrokerAsync();
        Assert.Equal(port, hub.MqttPort);
        await using var back = await TestGateway.ConnectAsync(hub);
        Assert.True(hub.Devices.Single(device => device.Id == Example.Test1) is { Online: true, Connected: true });
    }

    [Fact]
    public async Task Two_hubs_in_one_process_do_not_see_each_other()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        Assert.NotEqual(one.MqttPort, two.MqttPort);
        await using var gateway = await TestGateway.ConnectAsync(one);
        await gateway.PublishAsync("SUBPROD001/test1/data", "x");
        Assert.Single(one.GetMessages());
        Assert.Empty(two.GetMessages());
        Assert.Empty(two.GetTranscript());
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        await using var hub = await StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var exception = await Assert.ThrowsAsync<IOException>(() => HubEmulator.StartAsync(new HubEmulatorOptions { MqttPort = port }, Ct));
        Assert.Contains(port.ToString(System.Globalization.CultureInfo.InvariantCulture), exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => HubEmulator.StartAsync(new HubEmulatorOptions { HttpPort = port }, Ct));
    }

    [Fact]
    public async Task Two_hubs_never_share_a_port()
    {
        await using var hub = await StartAsync(Example.Options(tlsPort: 0));
        await Assert.ThrowsAsync<IOException>(() => HubEmulator.StartAsync(new HubEmulatorOptions { MqttPort = hub.MqttPort }, Ct));
        await Assert.ThrowsAsync<IOException>(() => HubEmulator.StartAsync(new HubEmulatorOptions { MqttTlsPort = hub.MqttTlsPort }, Ct));
    }

    [Fact]
    public async Task The_TLS_listener_has_a_certificate_of_the_hubs_own_authority()
    {
        await using var hub = await StartAsync(Example.Options(tlsPort: 0));
        await using var gateway = await TestGateway.ConnectAsync(hub, caPem: hub.CaCertificatePem);
        await gateway.HearsNothingElseAsync();
    }

    [Fact]
    public async Task Any_loopback_address_will_do_and_no_other()
    {
        await using var hub = await StartAsync(new HubEmulatorOptions
        {
            Listen = IPAddress.Parse("127.0.0.77"),
            Devices = Example.Devices(null, null),
        });
        await using var gateway = await TestGateway.ConnectAsync(hub);
        await Assert.ThrowsAsync<ArgumentException>(() => HubEmulator.StartAsync(new HubEmulatorOptions { Listen = IPAddress.Any }, Ct));
    }

    private static Task<HubEmulator> StartAsync(HubEmulatorOptions? options = null) =>
        HubEmulator.StartAsync(options ?? Example.Options(), Ct);

    private static async Task<MqttClientConnectResultCode> ConnectAsync(HubEmulator hub, HubDeviceId id, string? password = null)
    {
        await using var gateway = new TestGateway(id);
        return await gateway.TryConnectAsync(hub, password: password);
    }

    /// <summary>Sends bytes and reads so many, or until the hub closes when none are expected.</summary>
    private static async Task<byte[]> ExchangeAsync(HubEmulator hub, byte[] bytes, int answerLength)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(hub.Address, hub.MqttPort, Ct);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(bytes, Ct);
        byte[] answer = new byte[Math.Max(answerLength, 1)];
        int read = await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, Ct);
        return answer[..read];
    }

    private static byte[] Connect(string protocol, byte level, string clientId, string username, string password)
    {
        byte[] body = [.. Field(protocol), level, 0xC2, 0, 60, .. Field(clientId), .. Field(username), .. Field(password)];
        return [0x10, (byte)(body.Length % 128 | 0x80), (byte)(body.Length / 128), .. body];
    }

    private static byte[] Field(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
