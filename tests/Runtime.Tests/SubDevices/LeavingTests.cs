using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Sub-devices that the plan does not name any more and that leave the hub in good order, in simulated time.</summary>
public sealed class LeavingTests
{
    private static readonly SubDevicePlan Meter = Simulation.Device("meter", hasSecret: true, PointAccess.ReadWrite);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void One_that_leaves_stays_online_whatever_its_channel_says_and_only_its_commands_end()
    {
        using var simulation = Leaving();
        simulation.SetPresence(Meter.Id, Presence.Absent);
        simulation.SetFirmwareVersion(Meter.Id, "2.0");
        simulation.Reconciler.Override(Meter.Id, ManualOverride.Offline);
        simulation.Run(Minute * 5);

        Assert.Equal([CloudAction.Unsubscribe], Since(simulation));
        var status = simulation.StatusOf(Meter.Id);
        Assert.Equal((CloudState.Online, CommandReach.None, true), (status.Cloud, status.Commands, status.IsLeaving));
        Assert.Contains("leaves", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_was_silent_when_it_began_to_leave_is_not_taken_offline_for_that()
    {
        using var simulation = Simulation.OneOnline(Meter);
        simulation.SetPresence(Meter.Id, Presence.Unknown);
        simulation.Apply([], leaving: [Meter.Id]);
        simulation.Run(Minute * 5);

        Assert.True(simulation.Hub.IsOnline(Meter.Id));
        Assert.Equal(0, simulation.Time.Armed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Then_it_is_taken_offline_and_unbound_where_that_is_wanted_and_is_gone(bool unbind)
    {
        using var simulation = Leaving();
        var left = simulation.Reconciler.LeaveAsync(Meter.Id, unbind);
        simulation.Run(Soon);

        Assert.True(await Outcome(left));
        CloudAction[] parting = [CloudAction.Unsubscribe, CloudAction.TakeOffline, CloudAction.Unbind];
        Assert.Equal(unbind ? parting : parting[..^1], Since(simulation));
        Assert.Equal((false, !unbind), (simulation.Hub.IsOnline(Meter.Id), simulation.Hub.IsBound(Meter.Id)));
        Assert.Empty(simulation.Reconciler.Snapshot());
        Assert.Equal(unbind ? KnownBinding.Never : KnownBinding.Bound, simulation.Bindings.Of(Meter.Id));
        Assert.Equal(0, simulation.Time.Armed);
    }

    [Fact]
    public void One_that_is_offline_already_is_gone_at_once()
    {
        using var simulation = Simulation.OneOnline(Meter);
        simulation.SetPresence(Meter.Id, Presence.Absent);
        simulation.Run(Soon);
        simulation.Apply([], leaving: [Meter.Id]);

        Assert.True(simulation.Reconciler.LeaveAsync(Meter.Id, unbind: false).IsCompleted);
        Assert.Equal(2, simulation.Hub.Operations);
    }

    [Fact]
    public async Task What_nobody_knows_is_gone_and_what_the_plan_names_does_not_leave()
    {
        using var simulation = Simulation.OneOnline(Meter);

        var unknown = simulation.Reconciler.LeaveAsync(SubDeviceId.Parse("SUBPROD001/other"), unbind: true);
        var named = simulation.Reconciler.LeaveAsync(Meter.Id, unbind: true);

        Assert.True(await Outcome(unknown));
        Assert.False(await Outcome(named));
        Assert.Equal(1, simulation.Hub.Operations);
    }

    [Fact]
    public async Task It_leaves_over_failures_and_connections()
    {
        using var simulation = Leaving();
        int failures = 3;
        simulation.Hub.Script = (action, _) => action is CloudAction.TakeOffline or CloudAction.Unbind && failures-- > 0
            ? new CloudAnswer(CloudEvent.Failed, "-2") : null;
        simulation.Disconnect();
        var left = simulation.Reconciler.LeaveAsync(Meter.Id, unbind: true);
        simulation.Run(Minute);
        Assert.False(left.IsCompleted);

        simulation.Connect();
        simulation.Run(TimeSpan.FromSeconds(6)); // one failure, and a rest
        simulation.Disconnect();
        simulation.Connect();
        simulation.Run(Minute);

        Assert.True(await Outcome(left));
        Assert.False(simulation.Hub.IsBound(Meter.Id));
    }

    [Fact]
    public async Task What_the_hub_refuses_for_good_stays_there_as_it_is_and_that_is_said()
    {
        using var simulation = Leaving();
        simulation.Hub.Script = (_, _) => new CloudAnswer(CloudEvent.Refused, "802: no such device.");

        var left = simulation.Reconciler.LeaveAsync(Meter.Id, unbind: true);
        simulation.Run(Soon);

        Assert.True(await Outcome(left));
        var said = Assert.Single(simulation.Log.GetSnapshot(), record => record.Id.Id == 4017);
        Assert.Contains("802", said.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_that_names_it_again_before_it_parts_finds_it_as_it_was()
    {
        using var simulation = Leaving();

        simulation.Apply([Meter]);
        simulation.Run(Soon);
        Assert.Equal([CloudAction.Unsubscribe, CloudAction.Subscribe], Since(simulation));
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Run(Minute * 5);

        Assert.Equal(2, Since(simulation).Count);
        Assert.Equal((CloudState.Online, false), (simulation.StatusOf(Meter.Id).Cloud, simulation.StatusOf(Meter.Id).IsLeaving));
    }

    [Fact]
    public void One_that_is_named_again_and_of_which_its_channel_says_nothing_is_offline_after_a_minute()
    {
        using var simulation = Leaving();

        simulation.Apply([Meter]);
        simulation.Run(TimeSpan.FromSeconds(59));
        Assert.True(simulation.Hub.IsOnline(Meter.Id));
        simulation.Run(Soon);

        Assert.False(simulation.Hub.IsOnline(Meter.Id));
    }

    [Theory]
    [InlineData(100)] // it is being taken offline
    [InlineData(300)] // it is being unbound
    [InlineData(3000)] // it is gone
    public async Task A_plan_that_names_it_again_while_it_parts_has_it_back(int milliseconds)
    {
        using var simulation = Leaving();
        simulation.Run(Soon);
        var left = simulation.Reconciler.LeaveAsync(Meter.Id, unbind: true);
        simulation.Run(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(milliseconds > 1000, left.IsCompleted);

        simulation.Apply([Meter]);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Run(Minute);

        Assert.Equal(milliseconds > 1000, await Outcome(left));
        Assert.Equal((CloudState.Online, CommandReach.Reachable),
            (simulation.StatusOf(Meter.Id).Cloud, simulation.StatusOf(Meter.Id).Commands));
    }

    [Fact]
    public async Task An_unbind_of_ours_whose_answer_was_lost_keeps_nobody_from_binding_it_again()
    {
        using var simulation = Leaving();
        simulation.Run(Soon);
        var left = simulation.Reconciler.LeaveAsync(Meter.Id, unbind: true);
        var asked = simulation.Time.Now;
        while (simulation.Hub.IsBound(Meter.Id) && simulation.Time.Now - asked < Soon) simulation.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal((false, false), (simulation.Hub.IsBound(Meter.Id), left.IsCompleted));
        simulation.Disconnect();
        simulation.Apply([Meter]);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(Minute);

        Assert.False(await Outcome(left));
        Assert.True(simulation.Hub.IsOnline(Meter.Id));
    }

    [Fact]
    public async Task What_people_unbind_while_it_leaves_stays_unbound_when_it_is_named_again()
    {
        using var simulation = Leaving();
        simulation.Hub.Change(Meter.Id, isBound: false);
        simulation.Run(Soon);
        var left = simulation.Reconciler.LeaveAsync(Meter.Id, unbind: false);
        Assert.True(await Outcome(left));

        simulation.Apply([Meter]);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Run(Minute);

        Assert.Equal(CloudState.Unbound, simulation.StatusOf(Meter.Id).Cloud);
        Assert.DoesNotContain(CloudAction.Bind, Since(simulation));
    }

    [Fact]
    public void What_people_unbind_after_it_has_gone_stays_unbound_when_it_is_named_again()
    {
        using var simulation = Leaving();
        _ = simulation.Reconciler.LeaveAsync(Meter.Id, unbind: false);
        simulation.Run(Soon);
        simulation.Hub.Change(Meter.Id, isBound: false);
        simulation.Run(Soon);
        Assert.Equal(KnownBinding.Unbound, simulation.Bindings.Of(Meter.Id));

        simulation.Apply([Meter]);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Run(Minute);

        Assert.Equal(CloudState.Unbound, simulation.StatusOf(Meter.Id).Cloud);
    }

    [Fact]
    public void After_a_restart_one_that_leaves_is_online_until_it_parts_and_is_bound_by_nobody()
    {
        using var simulation = Leaving();
        simulation.Restart(simulation.Bindings);
        simulation.Connect();
        simulation.Run(Minute * 5);
        Assert.Equal([CloudAction.BringOnline], Since(simulation));

        simulation.Hub.Change(Meter.Id, isBound: false);
        simulation.Run(Minute * 5);
        Assert.Single(Since(simulation));
        Assert.True(simulation.Reconciler.LeaveAsync(Meter.Id, unbind: true).IsCompleted);
    }

    [Fact]
    public async Task A_stop_while_it_parts_is_said()
    {
        using var simulation = Leaving();
        var left = simulation.Reconciler.LeaveAsync(Meter.Id, unbind: false);

        simulation.Stop();

        Assert.False(await Outcome(left));
    }

    [Fact]
    public async Task One_that_loses_its_channel_leaves_and_is_named_without_one_after_that()
    {
        using var simulation = Simulation.OneOnline(Meter);
        simulation.Reconciler.Apply([("", Meter)], [Meter.Id], new SubDeviceOptions());
        simulation.Run(Minute);
        Assert.Equal(("line1", true), (simulation.StatusOf(Meter.Id).Channel, simulation.Hub.IsOnline(Meter.Id)));

        var left = simulation.Reconciler.LeaveAsync(Meter.Id, unbind: false);
        simulation.Run(Minute * 5);

        Assert.True(await Outcome(left));
        Assert.Equal(("", CloudState.Unknown, false),
            (simulation.StatusOf(Meter.Id).Channel, simulation.StatusOf(Meter.Id).Cloud, simulation.StatusOf(Meter.Id).IsLeaving));
        Assert.Equal([CloudAction.Unsubscribe, CloudAction.TakeOffline], Since(simulation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_that_has_left_does_not_begin_again_where_the_next_plan_comes_before_that_is_noted(bool isNamedByList)
    {
        using var simulation = Leaving();
        (string, SubDevicePlan)[] named = isNamedByList ? [("", Meter)] : [];
        _ = simulation.Reconciler.LeaveAsync(Meter.Id, unbind: false);
        simulation.Run(Soon);

        simulation.Reconciler.Apply(named, leaving: [Meter.Id], new SubDeviceOptions());
        simulation.Run(Minute);

        Assert.False(simulation.Hub.IsOnline(Meter.Id));
        Assert.DoesNotContain(simulation.Reconciler.Snapshot(), status => status.IsLeaving);
        Assert.True(simulation.Reconciler.LeaveAsync(Meter.Id, unbind: false).IsCompletedSuccessfully);
        Assert.Equal([CloudAction.Unsubscribe, CloudAction.TakeOffline], Since(simulation));
    }

    [Fact]
    public async Task One_that_has_left_and_was_named_again_leaves_again()
    {
        using var simulation = Leaving();
        _ = simulation.Reconciler.LeaveAsync(Meter.Id, unbind: false);
        simulation.Run(Soon);
        simulation.Apply([Meter]);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Run(Soon);
        Assert.True(simulation.Hub.IsOnline(Meter.Id));

        simulation.Apply([], leaving: [Meter.Id]);
        Assert.True(simulation.StatusOf(Meter.Id).IsLeaving);
        var left = simulation.Reconciler.LeaveAsync(Meter.Id, unbind: false);
        simulation.Run(Soon);

        Assert.True(await Outcome(left));
        Assert.False(simulation.Hub.IsOnline(Meter.Id));
    }

    /// <summary>One that was online and has just begun to leave.</summary>
    private static Simulation Leaving()
    {
        var simulation = Simulation.OneOnline(Meter);
        simulation.Apply([], leaving: [Meter.Id]);
        return simulation;
    }

    /// <summary>What became of it; it must have become something already.</summary>
    private static async Task<bool> Outcome(Task<bool> left)
    {
        Assert.True(left.IsCompleted, "It has not left yet.");
        return await left;
    }

    /// <summary>What was asked since it was online.</summary>
    private static List<CloudAction> Since(Simulation simulation) => [.. simulation.Hub.Asked.Skip(2).Select(asked => asked.Action)];
}
