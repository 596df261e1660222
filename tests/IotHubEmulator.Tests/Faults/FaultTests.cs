using System.Text;
using MQTTnet;

namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class FaultTests
{
    private const string Online = """{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1"}]}}""";
    private const string Done = """{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1","result":0}]}}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dropped_answer_leaves_the_operation_done()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        hub.InjectFault(new HubFault { Kind = HubFaultKind.DropAnswer, Operation = "online", Times = 2 });
        await gateway.PublishAsync(gateway.OperationTopic, Online);
        Assert.Contains(
            "unbind", await gateway.AskAsync(Online.Replace("online", "unbind", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(hub.Faults).Times);
        await gateway.PublishAsync(gateway.OperationTopic, Online);
        await gateway.HearsNothingElseAsync();
        Assert.Empty(hub.Faults);
    }

    [Fact]
    public async Task A_delayed_answer_is_overtaken_by_a_later_one()
    {
        var clock = Example.Clock();
        await using var hub = await StartAsync(Example.Options(clock));
        await using var gateway = await TestGateway.ConnectAsync(hub);
        hub.InjectFault(new HubFault { Kind = HubFaultKind.DelayAnswer, Delay = TimeSpan.FromSeconds(7) });
        await gateway.PublishAsync(gateway.OperationTopic, Online);
        Assert.Contains(
            "offline", await gateway.AskAsync(Online.Replace("online", "offline", StringComparison.Ordinal)), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(Done, await gateway.HearTextAsync("the late answer"));
    }

    [Fact]
    public async Task An_answer_can_come_twice_with_a_wrong_type_or_as_garbage()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        hub.InjectFault(new HubFault { Kind = HubFaultKind.DuplicateAnswer });
        Assert.Equal(Done, await gateway.AskAsync(Online));
        Assert.Equal(Done, await gateway.HearTextAsync("the answer again"));
        hub.InjectFault(new HubFault { Kind = HubFaultKind.WrongType });
        Assert.Equal(Done.Replace("online", "offline", StringComparison.Ordinal), await gateway.AskAsync(Online));
        hub.InjectFault(new HubFault { Kind = HubFaultKind.Garbage });
        await gateway.PublishAsync(gateway.OperationTopic, Online);
        var (_, garbage, _, _) = await gateway.HearAsync("garbage");
        Assert.Throws<DecoderFallbackException>(() => new UTF8Encoding(false, true).GetString(garbage));
        Assert.Equal(Done, await gateway.AskAsync(Online));
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(808)]
    [InlineData(810)]
    public async Task Any_result_code_can_be_forced_and_then_nothing_is_done(int result)
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        hub.InjectFault(new HubFault { Kind = HubFaultKind.ResultCode, Result = result, Gateway = Example.Gateway });
        Assert.Contains($"\"result\":{result}}}", await gateway.AskAsync(Online), StringComparison.Ordinal);
        Assert.False(hub.Devices.Single(device => device.Id == Example.Test1).Online);
    }

    [Fact]
    public async Task CONNECT_is_refused_so_many_times()
    {
        await using var hub = await StartAsync();
        hub.InjectFault(new HubFault { Kind = HubFaultKind.RefuseConnect, Times = 2 });
        foreach (var expected in new[] { MqttClientConnectResultCode.ServerUnavailable, MqttClientConnectResultCode.ServerUnavailable,
            MqttClientConnectResultCode.Success })
        {
            await using var gateway = new TestGateway();
            Assert.Equal(expected, await gateway.TryConnectAsync(hub));
        }
    }

    [Fact]
    public async Task A_frozen_hub_acknowledges_nothing_until_it_thaws()
    {
        var clock = Example.Clock();
        await using var hub = await StartAsync(Example.Options(clock));
        await using var gateway = await TestGateway.ConnectAsync(hub);
        hub.Freeze(TimeSpan.FromSeconds(30));
        var publish = gateway.PublishAsync("SUBPROD001/test1/data", "x");
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(publish.IsCompleted);
        Assert.Empty(hub.GetMessages());
        clock.Advance(TimeSpan.FromSeconds(1));
        await publish;
        Assert.Single(hub.GetMessages());
    }

    [Fact]
    public async Task A_frozen_hub_can_be_disposed()
    {
        var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        hub.Freeze(TimeSpan.FromHours(1));
#pragma warning disable IDISP016 // Disposing twice is what is tested.
        await hub.DisposeAsync();
        await hub.DisposeAsync();
#pragma warning restore IDISP016
        await gateway.Disconnected;
    }

    private static Task<HubEmulator> StartAsync(HubEmulatorOptions? options = null) =>
        HubEmulator.StartAsync(options ?? Example.Options(), Ct);
}
