namespace BridgeFramework.Runtime.Tests;

/// <summary>The gateway as a whole: several in one process, and how it stops.</summary>
public sealed class BridgeGatewayTests
{
    private const int Connecting = 2005;
    private const int ConnectFailed = 2002;
    private const int Stopped = 4401;

    [Fact]
    public async Task Two_gateways_in_one_process_do_not_see_each_other()
    {
        await using var hub = await Cloud.StartAsync();
        await using var first = new Site(hub) { Channels = """ "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1}, {METER 2} ] } """ };
        await using var second = new Site(hub, Cloud.OtherGateway) { Channels = """ "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 3}, {METER 4} ] } """ };
        await first.StartAsync();
        await second.StartAsync();
        await first.VoltageArrives(1);
        await second.VoltageArrives(4);

        first.Slave.GoAway();
        await first.Online(Cloud.Meter(1), online: false);
        await first.StopAsync();

        await second.VoltageArrives(3);
        await second.StopAsync();
        Assert.Empty(second.Log.Troubles);
        Assert.DoesNotContain(second.Log.Lines, line => line.Text.Contains("SUBPROD001/m1", StringComparison.Ordinal));
        Assert.Equal((0, 0), (hub.CheckSequence(Cloud.Meter(3)), hub.CheckSequence(Cloud.Meter(4))));
    }

    [Fact]
    public async Task A_stop_while_online_closes_the_connection_and_the_line()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);

        await site.StopAsync();

        await site.Until("the hub sees the gateway go", ct => hub.WaitForDeviceAsync(Cloud.Gateway, gateway => !gateway.Connected, ct));
        await site.Logged(Stopped, "stopped");
        Assert.All(site.Gateway.Status.Channels, channel => Assert.Equal(ChannelState.Stopped, channel.State));
        Assert.Empty(site.Log.Troubles);
    }

    [Fact]
    public async Task A_stop_while_the_hub_does_not_answer_ends_all_the_same()
    {
        await using var hub = await Cloud.StartAsync();
        hub.Freeze(TimeSpan.FromMinutes(5));
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.Logged(Connecting, "Connecting to");

        await site.StopAsync();

        await site.Logged(Stopped, "stopped");
    }

    [Fact]
    public async Task A_hub_that_freezes_in_the_handshake_is_given_up_and_tried_again()
    {
        var time = new FasterTime(10);
        await using var hub = await Cloud.StartAsync(time);
        await using var site = new Site(hub, time: time);
        // Only once the plugins are loaded: on a busy machine that takes longer than the hub is frozen.
        await site.StartAsync(_ => hub.Freeze(TimeSpan.FromSeconds(45)));

        await site.Logged(ConnectFailed, "no complete connection within 20 s");
        await site.VoltageArrives(1);
    }

    [Fact]
    public async Task A_stop_between_two_attempts_ends_all_the_same()
    {
        await using var hub = await Cloud.StartAsync();
        await hub.StopBrokerAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.Logged(ConnectFailed, "not reachable");

        await site.StopAsync();

        await site.Logged(Stopped, "stopped");
    }

    [Fact]
    public async Task What_drivers_report_while_they_stop_still_reaches_the_hub()
    {
        var script = new DriverScript { IgnoresStop = true };
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = """ "bench": { "driver": "scripted", "devices": [ {SCRIPTED 1} ] } """ };
        await site.StartAsync(script.AddTo);
        var run = await script.NextRun();
        run.Channel.SetPresence(run.Device, Presence.Present);
        await site.Online(Cloud.Meter(1));
        await run.ReportAsync(1);
        await site.Until("a value", ct => hub.NextValueAsync(Cloud.Meter(1), "value", 0, ct));
        long since = hub.Now();

        var stopping = site.StopAsync();
        await site.Until("the driver is told to stop", ct => run.Told.WaitAsync(ct));
        await run.ReportAsync(2);

        Assert.Equal(2, await site.Until("the last value", ct => hub.NextValueAsync(Cloud.Meter(1), "value", since, ct)));
        run.End();
        await stopping;
    }
}
