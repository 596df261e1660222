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
        using var simulation = Many(500);

        simulation.Connect();
        simulation.Run(TimeSpan.FromSeconds(480 / 15 + 1));

        Assert.Equal(500, Online(simulation));
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
        using var simulation = Many(SubDeviceReconciler.MaxUnderWay * 2);
        int failures = SubDeviceReconciler.MaxUnderWay;
        simulation.Hub.Script = (_, _) => failures-- > 0 ? new CloudAnswer(CloudEvent.Failed, "-2") : null;

        simulation.Connect();
        simulation.Run(Soon);

        Assert.Equal(SubDeviceReconciler.MaxUnderWay, Online(simulation));
    }

    [Fact]
    public void Operations_that_throw_cost_no_place()
    {
        using var simulation = Many(SubDeviceReconciler.MaxUnderWay * 2);
        int throws = SubDeviceReconciler.MaxUnderWay;
        simulation.Hub.Script = (_, _) => throws-- > 0 ? throw new InvalidOperationException("a bug") : null;

        simulation.Connect();
        simulation.Run(Soon);
        Assert.Equal(SubDeviceReconciler.MaxUnderWay, Online(simulation));
        simulation.Run(Minute);

        Assert.Equal(SubDeviceReconciler.MaxUnderWay * 2, Online(simulation));
    }

    [Fact]
    public void A_flapping_device_is_held_as_it_was_until_it_is_calm()
    {
        using var simulation = OneOnline();
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
        using var simulation = OneOnline();
        for (int i = 0; i < 10; i++)
        {
            var presence = i % 2 == 0 ? Presence.Absent : Presence.Present;
            simulation.Reconciler.Override(Meter.Id, presence, "by hand", answered: null);
            simulation.Run(Soon);
            Assert.Equal(presence == Presence.Present, simulation.Hub.IsOnline(Meter.Id));
        }
    }

    [Fact]
    public void What_the_hub_has_answered_to_an_order_is_not_asked_again()
    {
        using var simulation = OneOnline();
        simulation.Reconciler.Override(Meter.Id, Presence.Absent, "by hand", CloudState.Offline);
        simulation.Reconciler.Override(Meter.Id, Presence.Present, null, CloudState.Online);
        simulation.Reconciler.Override(Meter.Id, Presence.Absent, "by hand", CloudState.Offline);
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

        simulation.Reconciler.Override(writable.Id, Presence.Absent, "by hand", CloudState.Offline);
        simulation.Run(Minute);

        Assert.Equal((CloudState.Offline, 1), (simulation.StatusOf(writable.Id).Cloud, simulation.Hub.Operations));
        simulation.Reconciler.Override(writable.Id, Presence.Present, null, CloudState.Online);
        simulation.Run(Minute);
        Assert.Equal((CommandReach.Reachable, 1), (simulation.StatusOf(writable.Id).Commands, simulation.Hub.Operations));
    }

    [Theory]
    [InlineData(true, CloudState.Online, 0)]   // bound again since, which came too late as well: its online is accepted
    [InlineData(false, CloudState.Unbound, 0)] // and not bound again behind their back
    public void What_was_changed_on_a_connection_that_has_ended_the_next_answer_tells(bool isBoundNow, CloudState expected, int binds)
    {
        using var simulation = OneOnline();
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
        using var simulation = OneOnline();
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
    public void After_unbind_all_nothing_is_asked_until_something_is_bound_there()
    {
        using var simulation = Many(50);
        simulation.Connect();
        simulation.Run(Minute);
        var devices = simulation.Reconciler.Snapshot();
        int before = simulation.Hub.Operations;

        foreach (var device in devices) simulation.Hub.Change(device.Id, isBound: false);
        simulation.Reconciler.AllUnbound(attempt: 1);
        Assert.All(simulation.Reconciler.Snapshot(), status => Assert.Equal(CloudState.Unbound, status.Cloud));
        simulation.Run(Minute);
        Assert.Equal(before, simulation.Hub.Operations);

        simulation.Hub.Change(devices[7].Id, isBound: true);
        simulation.Run(Soon);
        Assert.Equal((1, before + 1), (Online(simulation), simulation.Hub.Operations));
    }

    [Fact]
    public void A_bind_in_the_console_while_we_ask_is_not_lost()
    {
        var bare = Simulation.Device("bare", hasSecret: false);
        using var simulation = new Simulation([(bare, false)]);
        simulation.SetPresence(bare.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(TimeSpan.FromMilliseconds(150)); // "not bound" is on its way

        simulation.Hub.Changed = null; // it is heard at once, and once
        simulation.Hub.Change(bare.Id, isBound: true);
        simulation.Reconciler.TopologyChanged(bare.Id, bound: true);
        simulation.Run(Soon);

        Assert.True(simulation.Hub.IsOnline(bare.Id));
    }

    [Fact]
    public void An_unbind_in_the_console_while_we_bind_ends_as_the_hub_has_it()
    {
        using var simulation = new Simulation([(Meter, false)]);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(TimeSpan.FromMilliseconds(250)); // the bind is on its way

        simulation.Reconciler.TopologyChanged(Meter.Id, bound: false);
        simulation.Run(Soon);

        Assert.Equal(simulation.Hub.IsOnline(Meter.Id), simulation.StatusOf(Meter.Id).Cloud == CloudState.Online);
        Assert.Equal(simulation.Hub.IsBound(Meter.Id), simulation.Hub.IsOnline(Meter.Id));
    }

    [Fact]
    public void What_was_unbound_while_nobody_listened_is_noticed_and_not_bound_again()
    {
        using var simulation = OneOnline();
        simulation.Hub.Changed = null;
        simulation.Hub.Change(Meter.Id, isBound: false);

        simulation.Reconciler.NotificationsMissed(new HashSet<SubDeviceId>());
        simulation.Run(Minute);

        Assert.Equal(CloudState.Unbound, simulation.StatusOf(Meter.Id).Cloud);
        Assert.False(simulation.Hub.IsBound(Meter.Id));

        simulation.Hub.Change(Meter.Id, isBound: true);
        simulation.Reconciler.NotificationsMissed(new HashSet<SubDeviceId> { Meter.Id });
        simulation.Run(Soon);
        Assert.True(simulation.Hub.IsOnline(Meter.Id));
    }

    [Fact]
    public void A_list_in_part_or_twice_makes_nobody_forgotten()
    {
        using var simulation = Many(500);
        simulation.Connect();
        simulation.Run(Minute);
        var listed = simulation.Hub.Bound.ToHashSet();
        int before = simulation.Hub.Operations;

        simulation.Reconciler.NotificationsMissed(listed);
        simulation.Reconciler.NotificationsMissed(listed);
        simulation.Run(Minute);
        Assert.Equal(before, simulation.Hub.Operations);

        simulation.Reconciler.NotificationsMissed(listed.Take(200).ToHashSet());
        simulation.Run(Minute);
        Assert.Equal((500, before + 300), (Online(simulation), simulation.Hub.Operations));
        Assert.DoesNotContain(simulation.Hub.Asked, asked => asked.Action is CloudAction.TakeOffline or CloudAction.Bind);
    }

    [Fact]
    public void A_notification_between_two_connections_does_not_outlive_the_next_one()
    {
        using var simulation = OneOnline();
        simulation.Disconnect();
        simulation.Reconciler.TopologyChanged(Meter.Id, bound: false); // read late; bound again since

        simulation.Connect();
        simulation.Run(Soon);

        Assert.Equal(CloudState.Online, simulation.StatusOf(Meter.Id).Cloud);
    }

    [Fact]
    public void Once_stopped_it_arms_no_timer_any_more()
    {
        using var simulation = OneOnline();
        simulation.Stop();

        simulation.SetPresence(Meter.Id, Presence.Unknown);

        Assert.Equal(0, simulation.Time.Armed);
    }

    private static Simulation OneOnline()
    {
        var simulation = new Simulation([(Meter, true)]);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(TimeSpan.FromMinutes(2));
        Assert.Equal((true, 1), (simulation.Hub.IsOnline(Meter.Id), simulation.Hub.Operations));
        return simulation;
    }

    private static Simulation Many(int count)
    {
        var simulation = new Simulation(Enumerable.Range(1, count).Select(n => (Simulation.Device($"m{n:000}"), true)));
        foreach (var device in simulation.Reconciler.Snapshot()) simulation.SetPresence(device.Id, Presence.Present);
        return simulation;
    }

    private static int Online(Simulation simulation) => simulation.Reconciler.Snapshot().Count(status => status.Cloud == CloudState.Online);
}
