using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What people bind and unbind in the console meets what the gateway does at the same time, in simulated time.</summary>
public sealed class TopologyTroubleTests
{
    private static readonly SubDevicePlan Meter = Simulation.Device("meter");
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void After_unbind_all_nothing_is_asked_until_something_is_bound_there()
    {
        using var simulation = Simulation.Many(50);
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
        Assert.Equal((1, before + 1), (simulation.Online, simulation.Hub.Operations));
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
        using var simulation = Simulation.OneOnline(Meter);
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
        using var simulation = Simulation.Many(500);
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
        Assert.Equal((500, before + 300), (simulation.Online, simulation.Hub.Operations));
        Assert.DoesNotContain(simulation.Hub.Asked, asked => asked.Action is CloudAction.TakeOffline or CloudAction.Bind);
    }

    [Fact]
    public void A_notification_between_two_connections_does_not_outlive_the_next_one()
    {
        using var simulation = Simulation.OneOnline(Meter);
        simulation.Disconnect();
        simulation.Reconciler.TopologyChanged(Meter.Id, bound: false); // read late; bound again since

        simulation.Connect();
        simulation.Run(Soon);

        Assert.Equal(CloudState.Online, simulation.StatusOf(Meter.Id).Cloud);
    }
}
