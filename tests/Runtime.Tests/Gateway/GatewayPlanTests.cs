using BridgeFramework.Configuration;
using BridgeFramework.IotHubEmulator;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A gateway that runs, with plugins and a hub, and other configurations that are applied to it.</summary>
public sealed class GatewayPlanTests
{
    private const int Serving = 4202;
    private const int Moved = 4210;

    private const string OneLine = """
        "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1}, {METER 2} ] }
        """;

    private const string TwoLines = """
        "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1}, {METER 2} ] },
        "line2": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 3} ] }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_channel_that_is_added_begins_and_the_others_go_on()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = OneLine };
        await site.StartAsync();
        await site.VoltageArrives(1);

        site.Channels = TwoLines;
        var review = await site.ApplyAsync();

        Assert.True(review.IsApplied);
        await site.Online(Cloud.Meter(3));
        await site.VoltageArrives(3);
        await site.VoltageArrives(1);
        Assert.Empty(review.Restarted);
        Assert.Single(site.Log.Lines, line => line.EventId == Serving && line.Text.Contains("line1", StringComparison.Ordinal));
        Assert.DoesNotContain(site.Log.Lines, line => line.EventId == Moved);
        await CommandAsync(hub, 3);
    }

    [Fact]
    public async Task A_sub_device_that_is_added_to_a_channel_comes_and_the_others_of_it_stay_online()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = OneLine };
        await site.StartAsync();
        await site.VoltageArrives(1);
        int operations = Operations(hub, Cloud.Meter(1));

        site.Channels = """
            "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1}, {METER 2}, {METER 4} ] }
            """;
        await site.ApplyAsync();

        await site.VoltageArrives(4);
        await site.VoltageArrives(1);
        Assert.Equal(operations, Operations(hub, Cloud.Meter(1)));
        await CommandAsync(hub, 4);
    }

    [Fact]
    public async Task A_sub_device_that_is_removed_leaves_when_what_waits_of_it_has_been_sent()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = TwoLines };
        await site.StartAsync();
        await site.VoltageArrives(3);

        site.Channels = OneLine;
        var review = await site.ApplyAsync();

        Assert.True(review.IsApplied);
        await site.Online(Cloud.Meter(3), online: false);
        await site.Logged(4443, Cloud.Meter(3).ToString());
        Assert.Empty(site.Gateway.Status.Leaving);
        Assert.DoesNotContain(site.Gateway.Status.SubDevices, device => device.Id.ToString() == Cloud.Meter(3).ToString());
        var ledger = site.Gateway.Ledgers.Single(ledger => ledger.Owner == Cloud.Meter(3).ToString());
        Assert.Equal((ledger.Reported, 0, 0), (ledger.Acknowledged + ledger.Filtered, ledger.Pending, ledger.DroppedInAll));
        Assert.NotNull(BoundTo(hub, 3));
        await site.VoltageArrives(1);
    }

    [Fact]
    public async Task A_sub_device_that_is_removed_is_unbound_where_that_is_wanted()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = TwoLines, Hub = """, "unbindRemoved": true""" };
        await site.StartAsync();
        await site.VoltageArrives(3);

        site.Channels = OneLine;
        await site.ApplyAsync();

        await site.Logged(4443, Cloud.Meter(3).ToString());
        Assert.Null(BoundTo(hub, 3));
    }

    [Fact]
    public async Task A_sub_device_that_moves_to_another_channel_stays_online()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = TwoLines };
        await site.StartAsync();
        await site.VoltageArrives(2);
        await site.VoltageArrives(3);
        int operations = Operations(hub, Cloud.Meter(2));

        site.Channels = """
            "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1} ] },
            "line2": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 3}, {METER 2} ] }
            """;
        await site.ApplyAsync();

        await site.VoltageArrives(2);
        Assert.Equal("line2", site.StatusOf(2).Channel);
        Assert.Equal(operations, Operations(hub, Cloud.Meter(2)));
        await CommandAsync(hub, 2);
    }

    [Fact]
    public async Task Another_setting_of_a_channel_starts_that_one_anew_and_no_other()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = TwoLines };
        await site.StartAsync();
        await site.VoltageArrives(1);
        await site.VoltageArrives(3);

        site.Channels = TwoLines.Replace(
            """{SLAVE}, "devices": [ {METER 3} ]""",
            $$"""{ "host": "127.0.0.1", "port": {{site.Slave.Port}}, "responseTimeout": "9s" }, "devices": [ {METER 3} ]""",
            StringComparison.Ordinal);
        var review = await site.ApplyAsync();

        Assert.Equal(["line2"], review.Restarted);
        await site.Logged(Moved, "line2");
        await site.VoltageArrives(3);
        Assert.DoesNotContain(site.Log.Lines, line => line.EventId == Moved && line.Text.Contains("line1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_has_mistakes_changes_nothing()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = OneLine };
        await site.StartAsync();
        await site.VoltageArrives(1);

        site.Channels = OneLine.Replace("{METER 2}", """{ "id": "SUBPROD001/m2", "settings": { "unitId": 999 } }""", StringComparison.Ordinal);
        var review = await site.ApplyAsync();

        Assert.Equal((PlanRefusal.Invalid, false), (review.Refusal, review.IsApplied));
        Assert.Contains(review.Configuration.Mistakes, mistake => mistake.ToString().Contains("unitId", StringComparison.Ordinal));
        await site.VoltageArrives(2);
    }

    [Fact]
    public async Task More_than_half_of_the_sub_devices_go_only_where_that_is_confirmed()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = TwoLines };
        await site.StartAsync();
        await site.VoltageArrives(1);
        site.Channels = """
            "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1} ] }
            """;

        Assert.Equal(PlanRefusal.RemovesMost, (await site.ApplyAsync()).Refusal);
        await site.VoltageArrives(2);

        Assert.True((await site.ApplyAsync(mayRemoveMost: true)).IsApplied);
        await site.Online(Cloud.Meter(2), online: false);
        await site.Online(Cloud.Meter(3), online: false);
        await site.VoltageArrives(1);
    }

    [Fact]
    public async Task What_needs_a_restart_is_refused_as_a_whole()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = OneLine };
        await site.StartAsync();
        site.Channels = TwoLines;
        site.Sections = """ "data": { "folder": "elsewhere" }, """;

        var review = await site.ApplyAsync();

        Assert.Equal(PlanRefusal.NeedsRestart, review.Refusal);
        Assert.Contains(review.Diff!.NeedsRestart, change => change.Path == "data.folder");
        Assert.Single(site.Gateway.Status.Channels);
    }

    [Fact]
    public async Task A_changed_hub_section_connects_anew_and_does_nothing_else()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = OneLine };
        await site.StartAsync();
        await site.VoltageArrives(1);
        int attempt = site.Gateway.Status.Hub.Attempt;

        site.Hub = """, "keepAlive": "2m" """;
        var review = await site.ApplyAsync();

        Assert.True(review.Diff!.Reconnects);
        await site.Until("it connects anew", ct => hub.WaitForPacketAsync(packet => packet.Packet == "CONNECT", ct));
        await site.VoltageArrives(1);
        Assert.Equal(attempt + 1, site.Gateway.Status.Hub.Attempt);
        Assert.DoesNotContain(site.Log.Lines, line => line.EventId == Moved);
    }

    [Fact]
    public async Task A_sub_device_that_leaves_and_is_named_again_goes_on_with_its_numbers()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = TwoLines };
        await site.StartAsync();
        await site.VoltageArrives(3);
        site.Channels = OneLine;
        await site.ApplyAsync();
        await site.Logged(4443, Cloud.Meter(3).ToString());

        site.Channels = TwoLines;
        await site.ApplyAsync();

        await site.Online(Cloud.Meter(3));
        await site.VoltageArrives(3);
        hub.CheckSequence(Cloud.Meter(3));
    }

    private static async Task CommandAsync(HubEmulator hub, int meter)
    {
        var reply = await hub.CommandAsync(Cloud.Meter(meter), """{ "id": "c1", "write": { "setpoint": 21.5 } }""", Token);
        Assert.Equal("done", (string?)reply["outcome"]);
    }

    private static HubDeviceId? BoundTo(HubEmulator hub, int meter) =>
        hub.Devices.Single(device => device.Id == Cloud.Meter(meter)).BoundTo;

    /// <summary>How often the gateway has asked the hub for something about a sub-device.</summary>
    private static int Operations(HubEmulator hub, HubDeviceId device) => hub.GetTranscript().Count(packet =>
        packet is { Direction: PacketDirection.Up } && packet.Topic?.StartsWith("$gateway/operation/", StringComparison.Ordinal) == true
            && packet.Payload?.Contains(device.DeviceName, StringComparison.Ordinal) == true);
}
