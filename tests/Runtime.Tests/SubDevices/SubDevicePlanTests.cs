using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>The plan changes while the gateway runs, in simulated time.</summary>
public sealed class SubDevicePlanTests
{
    private static readonly SubDevicePlan Meter = Simulation.Device("meter", hasSecret: true, PointAccess.ReadWrite);
    private static readonly SubDevicePlan Lamp = Simulation.Device("lamp", hasSecret: true, PointAccess.ReadWrite);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void What_the_hub_does_not_see_of_a_change_it_does_not_hear_of()
    {
        using var simulation = Online(Meter);
        simulation.SetFirmwareVersion(Meter.Id, "1.0");
        simulation.Run(Soon);
        int asked = simulation.Hub.Asked.Count;

        simulation.Apply([Meter with { Points = [Meter.Points[0], Meter.Points[0] with { Name = "other" }], DeviceType = "other" }]);
        simulation.Run(Minute * 5);

        Assert.Equal(asked, simulation.Hub.Asked.Count);
        var status = simulation.StatusOf(Meter.Id);
        Assert.Equal(
            (CloudState.Online, Presence.Present, CommandReach.Reachable, "1.0"),
            (status.Cloud, status.Presence, status.Commands, status.FirmwareVersion));
    }

    [Fact]
    public void A_new_one_is_brought_to_the_hub_and_one_that_its_channel_never_speaks_of_is_taken_offline_after_a_minute()
    {
        using var simulation = Online(Meter);
        simulation.Hub.Add(Lamp.Id, isBound: false);
        var silent = Simulation.Device("silent");
        simulation.Hub.Add(silent.Id, isBound: true);

        simulation.Apply([Meter, Lamp, silent]);
        simulation.SetPresence(Lamp.Id, Presence.Present);
        simulation.Run(Soon);
        Assert.Equal(
            [CloudAction.BringOnline, CloudAction.Bind, CloudAction.BringOnline, CloudAction.Subscribe], AskedOf(simulation, Lamp));
        Assert.Empty(AskedOf(simulation, silent));

        simulation.Run(Minute);
        Assert.Equal([CloudAction.TakeOffline], AskedOf(simulation, silent));
    }

    [Fact]
    public void One_that_is_named_no_more_is_gone_at_once_with_its_subscription()
    {
        using var simulation = Online(Meter, Lamp);

        simulation.Apply([Lamp]);
        Assert.Equal(CloudState.Unknown, simulation.Reconciler.StateOf(Meter.Id));
        simulation.SetPresence(Meter.Id, Presence.Absent);
        simulation.Run(Minute * 5);

        Assert.Equal([CloudAction.BringOnline, CloudAction.Subscribe, CloudAction.Unsubscribe], AskedOf(simulation, Meter));
        Assert.Equal([CommandTopics.CommandsOf(Lamp)], simulation.Hub.Subscribed);
        Assert.Equal([Lamp.Id], simulation.Reconciler.Snapshot().Select(status => status.Id));
    }

    [Theory]
    [InlineData(100)] // it is being brought online
    [InlineData(300)] // it is being subscribed to
    public void What_is_under_way_for_one_that_is_removed_ends_and_the_next_life_waits_for_that(int milliseconds)
    {
        using var simulation = new Simulation([(Meter, true)]);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(TimeSpan.FromMilliseconds(milliseconds));

        simulation.Apply([]);
        simulation.Apply([Meter]); // the hub asserts that nothing is asked meanwhile
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Run(Minute);

        Assert.Equal((CloudState.Online, CommandReach.Reachable),
            (simulation.StatusOf(Meter.Id).Cloud, simulation.StatusOf(Meter.Id).Commands));
        Assert.Equal([CommandTopics.CommandsOf(Meter)], simulation.Hub.Subscribed);
        Assert.Equal(2, simulation.Hub.Operations);
    }

    [Fact]
    public void Another_topic_of_commands_is_subscribed_to_in_place_of_the_old_one()
    {
        using var simulation = Online(Meter);
        var moved = Meter with { Profile = Meter.Profile with { Down = "orders" } };

        simulation.Apply([moved]);
        Assert.Equal(CommandReach.Pending, simulation.StatusOf(Meter.Id).Commands);
        simulation.Run(Soon);

        Assert.Equal([CloudAction.Unsubscribe, CloudAction.Subscribe], AskedOf(simulation, Meter)[2..]);
        Assert.Equal([CommandTopics.CommandsOf(moved)], simulation.Hub.Subscribed);
        Assert.Equal(CommandReach.Reachable, simulation.StatusOf(Meter.Id).Commands);
    }

    [Fact]
    public void The_topic_may_change_while_the_old_one_is_being_subscribed_to()
    {
        using var simulation = new Simulation([(Meter, true)]);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(TimeSpan.FromMilliseconds(300));
        Assert.Equal([CloudAction.BringOnline, CloudAction.Subscribe], AskedOf(simulation, Meter));
        var moved = Meter with { Profile = Meter.Profile with { Down = "orders" } };

        simulation.Apply([moved]);
        simulation.Run(Soon);

        Assert.Equal([CommandTopics.CommandsOf(moved)], simulation.Hub.Subscribed);
        Assert.Equal(CommandReach.Reachable, simulation.StatusOf(Meter.Id).Commands);
    }

    [Fact]
    public void Who_has_a_place_keeps_it_and_a_free_one_goes_to_who_waits_once_it_is_free_at_the_hub()
    {
        var waiting = Simulation.Device("waiting", hasSecret: true, PointAccess.ReadWrite);
        var options = new SubDeviceOptions { MaxSubscriptions = SubscriptionBudget.KeptForGateway + 2 };
        using var simulation = Online(options, Meter, Lamp, waiting);
        Assert.Equal(CommandReach.OverBudget, simulation.StatusOf(waiting.Id).Commands);

        simulation.Apply([waiting, Lamp, Meter]); // the first two of a start
        simulation.Run(Soon);
        Assert.Equal(CommandReach.OverBudget, simulation.StatusOf(waiting.Id).Commands);
        Assert.Equal(2, simulation.Hub.Subscribed.Count);

        simulation.Apply([waiting, Lamp]);
        simulation.Run(Soon);
        Assert.Equal(CommandReach.Reachable, simulation.StatusOf(waiting.Id).Commands);
        Assert.Null(simulation.StatusOf(waiting.Id).Reason);
        Assert.Equal(2, simulation.Hub.MostSubscribed);
        Assert.Contains(simulation.Log.GetSnapshot(), record => record.Id.Id == 4018);
    }

    [Fact]
    public void A_subscription_that_cannot_be_ended_is_tried_again_and_its_place_is_given_to_nobody_before()
    {
        var waiting = Simulation.Device("waiting", hasSecret: true, PointAccess.ReadWrite);
        var options = new SubDeviceOptions { MaxSubscriptions = SubscriptionBudget.KeptForGateway + 1 };
        using var simulation = Online(options, Meter, waiting);
        int failures = 2;
        simulation.Hub.Script = (action, _) =>
            action == CloudAction.Unsubscribe && failures-- > 0 ? new CloudAnswer(CloudEvent.Failed, "unanswered") : null;

        simulation.Apply([waiting]);
        simulation.Run(TimeSpan.FromSeconds(9));
        Assert.Equal([CommandTopics.CommandsOf(Meter)], simulation.Hub.Subscribed);
        simulation.Run(Soon);

        Assert.Equal([CommandTopics.CommandsOf(waiting)], simulation.Hub.Subscribed);
        Assert.Equal(1, simulation.Hub.MostSubscribed);
    }

    [Fact]
    public void Fewer_places_take_some_away_and_more_are_given_to_who_waits()
    {
        using var simulation = Online(Meter, Lamp);
        var two = new SubDeviceOptions();
        var one = two with { MaxSubscriptions = SubscriptionBudget.KeptForGateway + 1 };

        simulation.Apply([Meter, Lamp], options: one);
        simulation.Run(Soon);
        Assert.Equal([CommandTopics.CommandsOf(Meter)], simulation.Hub.Subscribed);
        Assert.Contains("hub.maxSubscriptions", simulation.StatusOf(Lamp.Id).Reason, StringComparison.Ordinal);

        simulation.Apply([Meter, Lamp], options: two);
        simulation.Run(Soon);
        Assert.Equal(2, simulation.Hub.Subscribed.Count);
        Assert.Null(simulation.StatusOf(Lamp.Id).Reason);
    }

    [Fact]
    public void Flapping_is_held_over_a_change_of_the_plan()
    {
        using var simulation = Online(Meter);
        for (int i = 0; i < 9; i++)
        {
            simulation.SetPresence(Meter.Id, i % 2 == 0 ? Presence.Absent : Presence.Present);
            simulation.Apply([Meter with { DeviceType = $"{i}" }]);
            simulation.Run(Soon);
        }

        Assert.True(simulation.StatusOf(Meter.Id).IsFlapping);
        Assert.InRange(simulation.Hub.Operations, 1, 5);
        simulation.Run(Minute);
        Assert.False(simulation.Hub.IsOnline(Meter.Id));
    }

    [Theory]
    [InlineData(CloudState.Refused)]
    [InlineData(CloudState.Unbound)]
    public void Another_secret_is_tried_at_once_where_it_is_not_bound(CloudState state)
    {
        using var simulation = new Simulation([(Meter, false)]);
        if (state == CloudState.Refused)
            simulation.Hub.Script = (action, _) => action == CloudAction.Bind ? new CloudAnswer(CloudEvent.Refused, "803") : null;
        else
            simulation.Bindings.Note(Meter.Id, bound: false); // and kept so
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(Soon);
        Assert.Equal(state, simulation.StatusOf(Meter.Id).Cloud);
        simulation.Hub.Script = null;

        simulation.Apply([Meter with { Secret = new Secret("BBBB") }]);
        simulation.Run(Soon);

        Assert.Equal((CloudState.Online, null), (simulation.StatusOf(Meter.Id).Cloud, simulation.StatusOf(Meter.Id).Reason));
    }

    [Fact]
    public void A_refusal_of_the_old_secret_says_nothing_of_the_new_one()
    {
        using var simulation = new Simulation([(Meter, false)]);
        simulation.Hub.Script = (action, _) => action == CloudAction.Bind ? new CloudAnswer(CloudEvent.Refused, "803") : null;
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(TimeSpan.FromMilliseconds(300));
        Assert.Equal(CloudState.Binding, simulation.StatusOf(Meter.Id).Cloud);
        simulation.Hub.Script = null;

        simulation.Apply([Meter with { Secret = new Secret("BBBB") }]);
        simulation.Run(TimeSpan.FromSeconds(10));

        Assert.Equal(CloudState.Online, simulation.StatusOf(Meter.Id).Cloud);
    }

    [Fact]
    public void Another_secret_of_one_that_is_bound_changes_nothing_and_it_is_not_bound_behind_peoples_backs()
    {
        using var simulation = Online(Meter);

        simulation.Apply([Meter with { Secret = new Secret("BBBB") }]);
        simulation.Run(Soon);
        Assert.Equal(1, simulation.Hub.Operations);
        Assert.Equal(KnownBinding.Bound, simulation.Bindings.Of(Meter.Id));

        simulation.Hub.Change(Meter.Id, isBound: false);
        simulation.Run(Minute * 5);
        Assert.Equal((CloudState.Unbound, 1), (simulation.StatusOf(Meter.Id).Cloud, simulation.Hub.Operations));
    }

    [Fact]
    public void A_change_while_there_is_no_connection_is_brought_to_the_hub_with_the_next_one()
    {
        using var simulation = Online(Meter);
        simulation.Hub.Add(Lamp.Id, isBound: true);
        simulation.Disconnect();

        simulation.Apply([Lamp]);
        simulation.SetPresence(Lamp.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(Soon);

        Assert.Equal([CommandTopics.CommandsOf(Lamp)], simulation.Hub.Subscribed);
        Assert.Equal([CloudAction.BringOnline, CloudAction.Subscribe], AskedOf(simulation, Meter)); // and nothing since
    }

    [Fact]
    public void Once_stopped_a_change_arms_no_timer()
    {
        using var simulation = Online(Meter);
        simulation.Stop();

        simulation.Apply([Lamp]);

        Assert.Equal(0, simulation.Time.Armed);
    }

    private static Simulation Online(params SubDevicePlan[] devices) => Online(new SubDeviceOptions(), devices);

    private static Simulation Online(SubDeviceOptions options, params SubDevicePlan[] devices)
    {
        var simulation = new Simulation(devices.Select(device => (device, true)), options);
        foreach (var device in devices) simulation.SetPresence(device.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(Minute * 2);
        Assert.Equal(devices.Length, simulation.Hub.Operations);
        return simulation;
    }

    private static List<CloudAction> AskedOf(Simulation simulation, SubDevicePlan device) =>
        [.. simulation.Hub.Asked.Where(asked => asked.Id == device.Id).Select(asked => asked.Action)];
}
