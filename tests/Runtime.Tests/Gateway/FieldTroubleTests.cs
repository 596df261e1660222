using BridgeFramework.DeviceSimulators;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime.Tests;

/// <summary>The whole gateway while its lines, devices and plugins make trouble.</summary>
public sealed class FieldTroubleTests
{
    private const int PluginFailed = 4522;
    private const int Moved = 4002;
    private const int WaitsForDriver = 4201;
    private const int ChannelFailed = 4203;
    private const int LineDown = 5001;

    [Fact]
    public async Task A_line_that_goes_away_takes_its_devices_offline_by_name_and_brings_them_back()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);
        await site.VoltageArrives(2);

        site.Slave.GoAway();
        await site.Online(Cloud.Meter(1), online: false);
        await site.Online(Cloud.Meter(2), online: false);
        await site.Logged(Moved, "SUBPROD001/m1 at the hub: TakingOffline -> Offline");
        var status = site.StatusOf(1);
        Assert.Equal((Presence.Absent, CloudState.Offline), (status.Presence, status.Cloud));
        Assert.Contains($"127.0.0.1:{site.Slave.Port}", status.Reason, StringComparison.Ordinal);

        site.Slave.ComeBack();
        await site.Online(Cloud.Meter(1));
        await site.Online(Cloud.Meter(2));
        await site.VoltageArrives(1);
        await site.VoltageArrives(2);
        await site.StopAsync();
        Assert.Equal((0, 0), (hub.CheckSequence(Cloud.Meter(1)), hub.CheckSequence(Cloud.Meter(2))));
    }

    [Fact]
    public async Task A_line_that_is_dead_for_48_s_makes_one_sample_of_each_point()
    {
        var time = new FasterTime(20);
        await using var hub = await Cloud.StartAsync(time);
        await using var living = ModbusSlave.Start(); // its values tell the time
        living.AddUnit(2).Holding.SetFloat32(0, 232f);
        await using var site = new Site(hub, time: time);
        site.Channels = $$"""
            "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {{Slow(1)}} ] },
            "line2": { "driver": "modbus", "settings": { "host": "127.0.0.1", "port": {{living.Port}} }, "devices": [ {{Slow(2)}} ] }
            """;
        await site.StartAsync();
        await site.VoltageArrives(1);

        site.Slave.GoAway();
        await site.Logged(LineDown, site.Slave.EndPoint.ToString());
        var later = time.GetUtcNow().AddSeconds(48);
        await site.Until("a value of 48 s later", ct => hub.ValueOfAsync(Cloud.Meter(2), later, ct));
        site.Slave.ComeBack();
        await site.Online(Cloud.Meter(1));
        await site.VoltageArrives(1);
        await site.StopAsync();

        foreach (string point in (ReadOnlySpan<string>)["voltage", "setpoint"])
            Assert.Equal(["linkDown"], hub.BadQualities(Cloud.Meter(1), point));
        var ledger = site.Gateway.Ledgers.Single(ledger => ledger.Owner == Cloud.Meter(1).ToString());
        Assert.True(ledger.Filtered >= 2 * 40, $"Filtered were {ledger.Filtered} samples.");
        Assert.Equal(ledger.Reported, ledger.Acknowledged + ledger.Pending + ledger.Filtered + ledger.DroppedInAll);

        static string Slow(int number) => $$"""
            { "id": "{{Cloud.Meter(number)}}", "secret": "{{Cloud.MeterSecret}}", "interval": "1s", "settings": { "unitId": {{number}} } }
            """;
    }

    [Fact]
    public async Task A_command_while_the_line_is_down_is_answered_absent()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);

        // The hub still takes the sub-device for online, or it would not let the command through.
        hub.InjectFault(new HubFault { Kind = HubFaultKind.ResultCode, Operation = "offline", Times = 1000 });
        site.Slave.GoAway();
        await site.Logged(LineDown, site.Slave.EndPoint.ToString());

        var reply = await site.Until("a reply while the line is down", ct => hub.CommandAsync(Cloud.Meter(1), """{"id":"c1","write":{"setpoint":1}}""", ct));
        Assert.Equal(("absent", "c1"), ((string?)reply["outcome"], (string?)reply["id"]));
        Assert.Contains(site.Slave.EndPoint.ToString(), reply.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Presence_that_flaps_ends_in_what_the_channel_said_last()
    {
        const int Flaps = 200;
        var script = new DriverScript();
        var time = new FasterTime(10); // flapping is held until it was calm for a minute
        await using var hub = await Cloud.StartAsync(time);
        await using var site = new Site(hub, time: time) { Channels = """ "bench": { "driver": "scripted", "devices": [ {SCRIPTED 1}, {SCRIPTED 2} ] } """ };
        await site.StartAsync(script.AddTo);
        var run = await script.NextRun();
        run.Channel.SetServing();

        for (int i = 0; i < Flaps; i++)
        {
            run.Channel.SetPresence(run.Channel.Devices[0], i % 2 == 0 ? Presence.Present : Presence.Absent);
            run.Channel.SetPresence(run.Channel.Devices[1], i % 3 == 0 ? Presence.Absent : Presence.Present);
        }

        run.Channel.SetPresence(run.Channel.Devices[0], Presence.Absent, "switched off");
        run.Channel.SetPresence(run.Channel.Devices[1], Presence.Present);
        await site.Online(Cloud.Meter(2));
        await site.Online(Cloud.Meter(1), online: false);
        long since = hub.Now();
        await run.Channel.ReportAsync(run.Channel.Devices[1], new[] { new PointValue(run.Channel.Devices[1].Points[0], Variant.From(7)) },
            TestContext.Current.CancellationToken);
        Assert.Equal(7, await site.Until("a value after the flaps", ct => hub.NextValueAsync(Cloud.Meter(2), "value", since, ct)));
    }

    [Fact]
    public async Task A_plugin_that_cannot_be_loaded_is_told_by_name_and_harms_nothing_else()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        site.DropPlugin("modbus");
        site.DropPlugin("modbus", "broken");
        await File.WriteAllTextAsync(Path.Combine(site.PluginFolder, "broken", "BridgeFramework.Modbus.dll"), "this is no DLL",
            TestContext.Current.CancellationToken);
        PluginSeal.Renew(Path.Combine(site.PluginFolder, "broken"));
        await site.StartAsync();

        await site.Logged(PluginFailed, "'broken'");
        var failure = Assert.Single(site.Plugins.Failures);
        Assert.Equal(("broken", "its main assembly BridgeFramework.Modbus.dll is damaged or not a DLL"), (failure.Name, failure.Reason));
        await site.VoltageArrives(1);
    }

    [Fact]
    public async Task A_channel_whose_driver_nobody_brings_waits_and_starts_when_it_comes()
    {
        var script = new DriverScript();
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub)
        {
            Channels = """
                "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1} ] },
                "bench": { "driver": "scripted", "devices": [ {SCRIPTED 2} ] }
                """,
        };
        await site.StartAsync();

        await site.Logged(WaitsForDriver, "bench");
        await site.VoltageArrives(1);
        var waiting = site.Gateway.Status.Channels[1];
        Assert.Equal(("bench", ChannelState.WaitingForDriver), (waiting.Name, waiting.State));
        Assert.Contains("'scripted' (loaded: modbus)", waiting.Reason, StringComparison.Ordinal);

        script.AddTo(site.Plugins.Drivers);
        foreach (var channel in site.Gateway.Channels) channel.DriversChanged();
        var run = await script.NextRun();
        run.Channel.SetPresence(run.Device, Presence.Present);
        await site.Online(Cloud.Meter(2));
    }

    [Fact]
    public async Task A_crash_on_a_plugins_own_thread_restarts_the_channels_of_that_plugin_only()
    {
        var script = new DriverScript();
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub)
        {
            Channels = """
                "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1} ] },
                "bench": { "driver": "scripted", "devices": [ {SCRIPTED 2} ] }
                """,
        };
        await site.StartAsync(script.AddTo);
        var bench = await script.NextRun();
        bench.Channel.SetServing();
        await site.VoltageArrives(1);

        site.Gateway.PluginCrashed(Assert.Single(site.Plugins.InMemory), "index was out of range");

        var told = await site.Logged(ChannelFailed, "line1");
        Assert.Contains("Plugin modbus threw on a thread of its own: index was out of range", told.Text, StringComparison.Ordinal);
        await site.VoltageArrives(1);
        Assert.False(bench.Stopping.IsCancellationRequested);
        Assert.False(script.Runs.TryPeek(out _));
        // The restart was shorter than the grace: the hub was not told.
        Assert.DoesNotContain(
            site.Log.Lines, line => line.EventId == Moved && line.Text.Contains("TakingOffline", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_that_is_under_way_when_its_channel_fails_is_answered_at_once_as_unknown()
    {
        var script = new DriverScript();
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = """ "bench": { "driver": "scripted", "devices": [ {SCRIPTED 1} ] } """ };
        await site.StartAsync(script.AddTo);
        var run = await script.NextRun();
        run.Channel.SetServing();
        run.Channel.SetPresence(run.Device, Presence.Present);
        await site.Logged(Moved, "BringingOnline -> Online");
        await hub.SubscribedAsync(Cloud.Meter(1), TestContext.Current.CancellationToken);

        long since = hub.Now();
        await hub.SendAsync(Cloud.Meter(1), """{"id":"c1","write":{"value":1}}"""u8.ToArray());
        await script.NextCommand();
        run.Fail(new LinkDownException("cable cut"));

        var reply = await site.Until("a reply", ct => hub.ReplyAsync(Cloud.Meter(1), since, ct));
        Assert.Equal(("unknown", "c1"), ((string?)reply["outcome"], (string?)reply["id"]));
    }
}
