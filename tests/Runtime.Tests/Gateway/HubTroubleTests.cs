using System.Threading.Channels;
using BridgeFramework.IotHub;
using BridgeFramework.IotHubEmulator;
using HubFault = BridgeFramework.IotHubEmulator.HubFault;
using HubFaultKind = BridgeFramework.IotHubEmulator.HubFaultKind;

namespace BridgeFramework.Runtime.Tests;

/// <summary>The whole gateway, plugin from disk, over real sockets, while the hub makes trouble.</summary>
public sealed class HubTroubleTests
{
    private const int OperatorNeeded = 2001;
    private const int ConnectFailed = 2002;
    private const int Moved = 4002;
    private const int BroughtOnline = 4003;
    private const int Refused = 4005;

    [Fact]
    public async Task Sub_devices_are_bound_and_online_and_their_values_arrive_in_order()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();

        await site.Online(Cloud.Meter(1));
        await site.Online(Cloud.Meter(2));
        await site.VoltageArrives(1);
        await site.VoltageArrives(2);

        await site.StopAsync();
        Assert.Equal((0, 0), (hub.CheckSequence(Cloud.Meter(1)), hub.CheckSequence(Cloud.Meter(2))));
        Assert.Empty(site.Log.Troubles);
    }

    [Fact]
    public async Task A_wrong_gateway_secret_is_told_tried_again_and_heals_when_it_is_corrected()
    {
        const string Wrong = "/////////////////////w==";
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        site.WriteSecret(Wrong);
        await site.StartAsync();

        await site.Logged(OperatorNeeded, Cloud.Gateway.ClientId);
        await site.Logged(OperatorNeeded, Cloud.Gateway.ClientId, after: site.Log.Lines.Count); // it keeps trying
        var fault = Assert.IsType<IotHub.HubFault>(site.Gateway.Status.Hub.LastFault);
        Assert.Equal(IotHub.HubFaultKind.Rejected, fault.Kind);
        Assert.Contains("secret", fault.Message, StringComparison.Ordinal);
        Assert.Contains(Cloud.Gateway.ClientId, fault.Message, StringComparison.Ordinal);

        site.WriteSecret(Cloud.GatewaySecret);
        await site.Online(Cloud.Meter(1));
        await site.VoltageArrives(1);
        Assert.DoesNotContain(site.Log.Lines, line => line.ToString().Contains(Wrong, StringComparison.Ordinal)
            || line.ToString().Contains(Cloud.GatewaySecret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hub_that_is_down_at_the_start_is_waited_for()
    {
        await using var hub = await Cloud.StartAsync();
        await hub.StopBrokerAsync();
        await using var site = new Site(hub);
        await site.StartAsync();

        await site.Logged(ConnectFailed, "not reachable");
        Assert.Contains($"127.0.0.1:{hub.MqttPort}", site.Gateway.Status.Hub.LastFault?.Message, StringComparison.Ordinal);

        await hub.StartBrokerAsync();
        await site.Online(Cloud.Meter(1));
        await site.VoltageArrives(1);
    }

    [Fact]
    public async Task A_hub_that_is_killed_again_and_again_gets_every_value_once_and_in_order()
    {
        const int Kills = 3;
        await using var hub = await Cloud.StartAsync(forgetOnline: true);
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);
        await site.VoltageArrives(2);

        for (int i = 0; i < Kills; i++)
        {
            int before = site.Log.Lines.Count;
            await hub.StopBrokerAsync();
            await site.Logged(ConnectFailed, "not reachable", before);
            await hub.StartBrokerAsync();
            await site.Online(Cloud.Meter(1));
            await site.Online(Cloud.Meter(2));
            await site.VoltageArrives(1);
            await site.VoltageArrives(2);
        }

        await site.StopAsync();
        // Only what was under way when the hub died may come again.
        Assert.InRange(hub.CheckSequence(Cloud.Meter(1)), 0, Kills);
        Assert.InRange(hub.CheckSequence(Cloud.Meter(2)), 0, Kills);
    }

    [Fact]
    public async Task A_sub_device_unbound_in_the_console_stays_so_until_it_is_bound_there_again()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);

        await hub.UnbindAsync(Cloud.Gateway, Cloud.Meter(1));
        await site.Logged(Moved, "SUBPROD001/m1 at the hub: Online -> Unbound");
        await site.VoltageArrives(2);
        var status = site.StatusOf(1);
        Assert.Equal((CloudState.Unbound, Presence.Present), (status.Cloud, status.Presence));
        Assert.Contains("bind it there", status.Reason, StringComparison.Ordinal);
        Assert.Null(Assert.Single(hub.Devices, device => device.Id == Cloud.Meter(1)).BoundTo);

        await hub.BindAsync(Cloud.Gateway, Cloud.Meter(1));
        await site.Online(Cloud.Meter(1));
        await site.VoltageArrives(1);
    }

    [Theory]
    [InlineData("", """{"type":"change","result":0}""")]
    [InlineData(""", "changeAcknowledgement": "sdk" """, """{"type":"change","payload":{"status":0,"devices":[{"product_id":"SUBPROD001","device_name":"m1","result":0}]}}""")]
    public async Task A_change_is_confirmed_as_the_configuration_says(string setting, string confirmation)
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Hub = setting };
        await site.StartAsync();
        await site.Online(Cloud.Meter(1));

        await hub.UnbindAsync(Cloud.Gateway, Cloud.Meter(1));

        await site.Until("the change is confirmed", ct => hub.WaitForPacketAsync(
            packet => packet.Direction == PacketDirection.Up && string.Equals(packet.Payload, confirmation, StringComparison.Ordinal), ct));
    }

    [Fact]
    public async Task Channels_are_opened_for_pairing_when_the_hub_searches_and_closed_when_it_stops()
    {
        var windows = Channel.CreateUnbounded<TimeSpan>();
        var script = new DriverScript
        {
            OnPairing = window =>
            {
                windows.Writer.TryWrite(window);
                return Task.CompletedTask;
            },
        };
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub)
        {
            Hub = """, "pairingWindow": "42s" """,
            Channels = """ "line1": { "driver": "scripted", "devices": [ {SCRIPTED 1} ] } """,
        };
        await site.StartAsync(script.AddTo);
        var run = await script.NextRun();
        run.Channel.SetServing();
        run.Channel.SetPresence(run.Device, Presence.Present);
        await site.Online(Cloud.Meter(1)); // connected, and serving

        await hub.SearchDevicesAsync(Cloud.Gateway, start: true);
        Assert.Equal(TimeSpan.FromSeconds(42), await site.Until("it is opened", ct => windows.Reader.ReadAsync(ct).AsTask()));
        await hub.SearchDevicesAsync(Cloud.Gateway, start: false);
        Assert.Equal(TimeSpan.Zero, await site.Until("it is closed", ct => windows.Reader.ReadAsync(ct).AsTask()));
    }

    [Fact]
    public async Task All_sub_devices_unbound_at_once_come_back_one_by_one()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);
        await site.VoltageArrives(2);

        await hub.UnbindAllAsync(Cloud.Gateway);
        await site.Logged(Moved, "SUBPROD001/m1 at the hub: Online -> Unbound");
        await site.Logged(Moved, "SUBPROD001/m2 at the hub: Online -> Unbound");

        await hub.BindAsync(Cloud.Gateway, Cloud.Meter(2));
        await site.VoltageArrives(2);
        Assert.Equal(CloudState.Unbound, site.StatusOf(1).Cloud);
    }

    [Fact]
    public async Task A_sub_device_that_the_hub_does_not_know_is_told_and_the_others_work()
    {
        var ghost = new HubDeviceId("SUBPROD001", "ghost");
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub)
        {
            Channels = $$"""
                "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [
                  { "id": "{{ghost}}", "secret": "{{Cloud.MeterSecret}}", "settings": { "unitId": 3 } }, {METER 1} ] }
                """,
        };
        await site.StartAsync();

        await site.Logged(Refused, "802");
        await site.VoltageArrives(1);
        var status = Assert.Single(site.Gateway.Status.SubDevices, device => device.Cloud == CloudState.Refused);
        Assert.Contains("create the device in the console", status.Reason, StringComparison.Ordinal);

        hub.AddDevice(new EmulatedDevice { Id = ghost, Kind = HubDeviceKind.SubDevice, DeviceSecret = Cloud.MeterSecret });
        await hub.BindAsync(Cloud.Gateway, ghost);
        await site.Online(ghost);
    }

    [Theory]
    [InlineData("online", HubFaultKind.DropAnswer)]
    [InlineData("online", HubFaultKind.DelayAnswer)]
    [InlineData("online", HubFaultKind.DuplicateAnswer)]
    [InlineData("online", HubFaultKind.WrongType)]
    [InlineData("online", HubFaultKind.Garbage)]
    [InlineData("online", HubFaultKind.ResultCode)]
    [InlineData("bind", HubFaultKind.DropAnswer)]
    [InlineData("bind", HubFaultKind.DelayAnswer)]
    [InlineData("bind", HubFaultKind.WrongType)]
    [InlineData("bind", HubFaultKind.Garbage)]
    [InlineData("bind", HubFaultKind.ResultCode)]
    public async Task A_hub_whose_answers_go_wrong_ends_in_the_right_state(string operation, HubFaultKind kind)
    {
        var time = new FasterTime(10);
        await using var hub = await Cloud.StartAsync(time);
        await using var site = new Site(hub, time: time);
        // Longer than an answer is waited for: it comes while the question is asked again.
        hub.InjectFault(new HubFault { Kind = kind, Operation = operation, Times = 2, Delay = TimeSpan.FromSeconds(7) });
        await site.StartAsync();

        await site.Logged(BroughtOnline, "SUBPROD001/m1");
        await site.Logged(BroughtOnline, "SUBPROD001/m2");
        await site.VoltageArrives(1);
        await site.VoltageArrives(2);

        Assert.Empty(hub.Faults);
        Assert.All(
            site.Gateway.Status.SubDevices, device => Assert.Equal((Presence.Present, CloudState.Online), (device.Presence, device.Cloud)));
        Assert.Equal((true, true), (hub.Devices.Single(device => device.Id == Cloud.Meter(1)).Online,
            hub.Devices.Single(device => device.Id == Cloud.Meter(2)).Online));
    }
}
