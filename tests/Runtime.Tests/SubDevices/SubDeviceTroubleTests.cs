using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What goes wrong between a gateway and its hub, in simulated time.</summary>
public sealed class SubDeviceTroubleTests
{
    private static readonly SubDevicePlan Meter = Simulation.Device("meter");
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Five_hundred_devices_come_online_at_the_pace_and_only_then_are_subscribed_to()
    {
        using var simulation = Simulation.Many(500);

        simulation.Connect();
        simulation.Run(TimeSpan.FromSeconds(480 / 15 + 1));

        Assert.Equal(500, simulation.Online);
        Assert.Equal(500, simulation.Hub.Operations);
        Assert.True(simulation.Hub.Asked.TakeWhile(asked => asked.Action == CloudAction.BringOnline).Count() == 500,
            "A subscription came before an online.");
        simulation.Run(Minute);
        const int KeptForFirmware = 8;
        Assert.Equal(100 - SubscriptionBudget.KeptForGateway - KeptForFirmware, simulation.Hub.MostSubscribed);
    }

    [Fact]
    public void Devices_that_fail_do_not_hold_up_the_others()
    {
        using var simulation = Simulation.Many(SubDeviceReconciler.MaxUnderWay * 2);
        int failures = SubDeviceReconciler.MaxUnderWay;
        simulation.Hub.Script = (_, _) => failures-- > 0 ? new CloudAnswer(CloudEvent.Failed, "-2") : null;

        simulation.Connect();
        simulation.Run(Soon);

        Assert.Equal(SubDeviceReconciler.MaxUnderWay, simulation.Online);
    }

    [Fact]
    public void Operations_that_throw_cost_no_place()
    {
        using var simulation = Simulation.Many(SubDeviceReconciler.MaxUnderWay * 2);
        int throws = SubDeviceReconciler.MaxUnderWay;
        simulation.Hub.Script = (_, _) => throws-- > 0 ? throw new InvalidOperationException("a bug") : null;

        simulation.Connect();
        simulation.Run(Soon);
        Assert.Equal(SubDeviceReconciler.MaxUnderWay, simulation.Online);
        simulation.Run(Minute);

        Assert.Equal(SubDeviceReconciler.MaxUnderWay * 2, simulation.Online);
    }

    [Fact]
    public void A_flapping_device_is_held_as_it_was_until_it_is_calm()
    {
        using var simulation = Simulation.OneOnline(Meter);
        for (int i = 0; i < 100; i++)
        {
            simulation.SetPresence(Meter.Id, i % 2 == 0 ? Presence.Absent : Presence.Present);
            simulation.Run(TimeSpan.FromSeconds(5));
        }

        simulation.SetPresence(Meter.Id, Presence.Absent);
        Assert.True(simulation.Hub.Operations <= 5, $"{simulation.Hub.Operations} operations for a device that flaps.");
        var status = simulation.StatusOf(Meter.Id);
        Assert.Equal((CloudState.Online, true), (status.Cloud, status.IsFlapping));
        Assert.Contains("flaps", status.Reason, StringComparison.Ordinal);

        simulation.Run(TimeSpan.FromSeconds(59));
        Assert.True(simulation.Hub.IsOnline(Meter.Id));
        simulation.Run(Soon);
        Assert.False(simulation.Hub.IsOnline(Meter.Id));
        Assert.False(simulation.StatusOf(Meter.Id).IsFlapping);
    }

    [Fact]
    public void Orders_by_hand_are_no_flapping()
    {
        using var simulation = Simulation.OneOnline(Meter);
        for (int i = 0; i < 10; i++)
        {
            var presence = i % 2 == 0 ? Presence.Absent : Presence.Present;
            simulation.Reconciler.Override(Meter.Id, presence == Presence.Present ? ManualOverride.Online : ManualOverride.Offline);
            simulation.Run(Soon);
            Assert.Equal(presence == Presence.Present, simulation.Hub.IsOnline(Meter.Id));
        }
    }

    [Fact]
    public void What_the_hub_has_answered_to_an_order_is_not_asked_again()
    {
        using var simulation = Simulation.OneOnline(Meter);
        simulation.Reconciler.Override(Meter.Id, ManualOverride.Offline, CloudState.Offline);
        simulation.Reconciler.Override(Meter.Id, ManualOverride.Online, CloudState.Online);
        simulation.Reconciler.Override(Meter.Id, ManualOverride.Offline, CloudState.Offline);
        simulation.Run(Minute);

        Assert.Equal((CloudState.Offline, 1), (simulation.StatusOf(Meter.Id).Cloud, simulation.Hub.Operations));
    }

    [Fact]
    public void What_the_hub_has_answered_to_an_order_counts_while_it_is_being_subscribed_to_as_well()
    {
        var writable = Simulation.Device("writable", hasSecret: true, PointAccess.ReadWrite);
        using var simulation = new Simulation([(writable, true)]);
        simulation.SetPresence(writable.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(TimeSpan.FromMilliseconds(300)); // the subscription is on its way
        Assert.Equal(CloudAction.Subscribe, simulation.Hub.Asked[^1].Action);

        simulation.Reconciler.Override(writable.Id, ManualOverride.Offline, CloudState.Offline);
        simulation.Run(Minute);

        Assert.Equal((CloudState.Offline, 1), (simulation.StatusOf(writable.Id).Cloud, simulation.Hub.Operations));
        simulation.Reconciler.Override(writable.Id, ManualOverride.Online, CloudState.Online);
        simulation.Run(Minute);
        Assert.Equal((CommandReach.Reachable, 1), (simulation.StatusOf(writable.Id).Commands, simulation.Hub.Operations));
    }

    [Theory]
    [InlineData(true, CloudState.Online, 0)]   // bound again since, which came too late as well: its online is accepted
    [InlineData(false, CloudState.Unbound, 0)] // and not bound again behind their back
    public void What_was_changed_on_a_connection_that_has_ended_the_next_answer_tells(bool isBoundNow, CloudState expected, int binds)
    {
        using var simulation = Simulation.OneOnline(Meter);
        simulation.Disconnect();
        simulation.Hub.Change(Meter.Id, isBound: isBoundNow);
        simulation.Connect();
        simulation.Reconciler.TopologyChanged(Meter.Id, bound: false, attempt: 1); // read only now
        simulation.Run(Minute);

        Assert.Equal(expected, simulation.StatusOf(Meter.Id).Cloud);
        Assert.Equal(binds, simulation.Hub.Asked.Count(asked => asked.Action == CloudAction.Bind));
    }

    [Fact]
    public void Word_of_a_connection_that_has_ended_leaves_nobody_unbound_who_was_bound_again_since()
    {
        using var simulation = Simulation.OneOnline(Meter);
        simulation.Disconnect();
        simulation.Connect();
        simulation.Run(Minute);
        Assert.Equal((CloudState.Online, 2), (simulation.StatusOf(Meter.Id).Cloud, simulation.Hub.Operations));

        simulation.Reconciler.TopologyChanged(Meter.Id, bound: false, attempt: 1);
        simulation.Run(Minute);
        Assert.Equal((CloudState.Online, 3), (simulation.StatusOf(Meter.Id).Cloud, simulation.Hub.Operations));

        simulation.Reconciler.AllUnbound(attempt: 1);
        simulation.Run(Minute);
        Assert.Equal((CloudState.Online, 4), (simulation.StatusOf(Meter.Id).Cloud, simulation.Hub.Operations));
    }

    [Fact]
    public void A_hub_that_contradicts_itself_is_not_asked_at_full_pace()
    {
        using var simulation = new Simulation([(Meter, false)]);
        simulation.Hub.Script = (action, _) => new CloudAnswer(action == CloudAction.Bind ? CloudEvent.Accepted : CloudEvent.NotBound);
        simulation.SetPresence(Meter.Id, Presence.Present);

        simulation.Connect();
        simulation.Run(TimeSpan.FromMinutes(10));

        Assert.InRange(simulation.Hub.Operations, 4, 20);
    }

    [Fact]
    public void A_channel_that_never_says_anything_has_its_devices_taken_offline_after_a_minute()
    {
        using var simulation = new Simulation([(Meter, true)]);
        simulation.Connect();
        simulation.Run(TimeSpan.FromSeconds(59));
        Assert.Empty(simulation.Hub.Asked);

        simulation.Run(Soon);

        Assert.Equal([(CloudAction.TakeOffline, Meter.Id)], simulation.Hub.Asked);
    }

    [Fact]
    public void Once_stopped_it_arms_no_timer_any_more()
    {
        using var simulation = Simulation.OneOnline(Meter);
        simulation.Stop();

        simulation.SetPresence(Meter.Id, Presence.Unknown);

        Assert.Equal(0, simulation.Time.Armed);
    }
}
