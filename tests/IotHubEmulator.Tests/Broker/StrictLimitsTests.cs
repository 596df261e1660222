using Microsoft.Extensions.Time.Testing;
using MQTTnet;

namespace BridgeFramework.IotHubEmulator.Tests;

/// <summary>The limits that Tencent Cloud IoT Hub documents, which a hub enforces only in strict mode.</summary>
public sealed class StrictLimitsTests
{
    private readonly FakeTimeProvider _clock = Example.Clock();

    [Theory]
    [InlineData(59, MqttClientConnectResultCode.NotAuthorized)]
    [InlineData(60, MqttClientConnectResultCode.Success)]
    [InlineData(850, MqttClientConnectResultCode.Success)]
    [InlineData(851, MqttClientConnectResultCode.NotAuthorized)]
    public async Task Keep_alive_is_60_to_850_seconds(int seconds, MqttClientConnectResultCode expected)
    {
        await using var hub = await StartAsync();
        await using var gateway = new TestGateway();
        Assert.Equal(expected, await gateway.TryConnectAsync(hub, keepAliveSeconds: (ushort)seconds));
    }

    [Fact]
    public async Task A_device_connects_once_in_5_seconds()
    {
        await using var hub = await StartAsync();
        Assert.Equal(MqttClientConnectResultCode.Success, await TryConnectAsync(hub));
        _clock.Advance(TimeSpan.FromSeconds(4.999));
        Assert.Equal(MqttClientConnectResultCode.ServerUnavailable, await TryConnectAsync(hub));
        await using var other = new TestGateway(Example.OtherGateway);
        Assert.Equal(MqttClientConnectResultCode.Success, await other.TryConnectAsync(hub));
        _clock.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(MqttClientConnectResultCode.Success, await TryConnectAsync(hub));
    }

    [Fact]
    public async Task A_device_publishes_20_messages_in_a_second_and_the_rest_is_dropped()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        for (int i = 0; i < 21; i++) await gateway.PublishAsync("GWPROD0001/test01/data", "x");
        Assert.Equal((20, 1), (hub.GetMessages().Count, hub.Counters.PublishesOverRate));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await gateway.PublishAsync("GWPROD0001/test01/data", "x");
        Assert.Equal((21, 1), (hub.GetMessages().Count, hub.Counters.PublishesOverRate));
    }

    [Fact]
    public async Task Custom_topics_are_for_sub_devices_that_are_online()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        Assert.Equal(0x80, await gateway.SubscribeAsync("SUBPROD001/test1/data", 1));
        Assert.Equal(1, await gateway.SubscribeAsync("$ota/update/SUBPROD001/test1", 1));
        await gateway.AskAsync("""{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1"}]}}""");
        Assert.Equal(1, await gateway.SubscribeAsync("SUBPROD001/test1/data", 1));
    }

    [Fact]
    public async Task A_device_has_100_subscriptions()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);   // that is one
        for (int i = 2; i <= 100; i++) Assert.Equal(1, await gateway.SubscribeAsync($"GWPROD0001/test01/t{i}", 1));
        Assert.Equal(0x80, await gateway.SubscribeAsync("GWPROD0001/test01/one-too-many", 1));
        Assert.Equal(1, await gateway.SubscribeAsync("GWPROD0001/test01/t2", 1));   // there already
        await gateway.UnsubscribeAsync("GWPROD0001/test01/t2");
        Assert.Equal(1, await gateway.SubscribeAsync("GWPROD0001/test01/one-too-many", 1));
    }

    [Fact]
    public async Task Without_strict_mode_there_is_no_such_number()
    {
        await using var hub = await StartAsync(strict: false);
        await using var gateway = await TestGateway.ConnectAsync(hub);
        for (int i = 2; i <= 101; i++) Assert.Equal(1, await gateway.SubscribeAsync($"GWPROD0001/test01/t{i}", 1));
    }

    [Fact]
    public async Task Two_topics_in_one_SUBSCRIBE_end_the_connection()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        var subscribing = gateway.SubscribeAsync("GWPROD0001/test01/data", "GWPROD0001/test01/control");
        await gateway.Disconnected;
        await Assert.ThrowsAnyAsync<Exception>(() => subscribing);
    }

    [Theory]
    [InlineData(2, false, 1)]
    [InlineData(1, true, 1)]
    [InlineData(1, false, 16 * 1024 + 1)]
    public async Task Publishing_with_QoS_2_or_retained_or_above_16_KB_ends_the_connection(int qos, bool retain, int length)
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        await gateway.PublishAsync("GWPROD0001/test01/data", new byte[16 * 1024]);
        var publishing = gateway.PublishAsync("GWPROD0001/test01/data", new byte[length], qos, retain);
        await gateway.Disconnected;
        await Assert.ThrowsAnyAsync<Exception>(() => publishing);
        Assert.Single(hub.GetMessages());
    }

    private Task<HubEmulator> StartAsync(bool strict = true) =>
        HubEmulator.StartAsync(Example.Options(_clock, strict), TestContext.Current.CancellationToken);

    private static async Task<MqttClientConnectResultCode> TryConnectAsync(HubEmulator hub)
    {
        await using var gateway = new TestGateway();
        return await gateway.TryConnectAsync(hub);
    }
}
