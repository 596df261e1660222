using CsCheck;

namespace BridgeFramework.Runtime.Tests;

public sealed class CloudTransitionTests
{
    /// <summary>For each state the events that lead out of it; all others leave it as it is.</summary>
    private const string Events = """
        Unknown: BoundThere -> Bound, UnboundThere -> Unbound
        Unbound: SessionLost -> Unknown, BoundThere -> Bound, Aged -> Unknown
        Binding: Accepted -> Bound, NotBound -> Refused, Refused -> Refused, Failed -> Unbound, SessionLost -> Unknown, UnboundThere -> Unbound
        Bound: SessionLost -> Unknown, UnboundThere -> Unbound
        BringingOnline: Accepted -> Online, NotBound -> Unbound, Refused -> Refused, Failed -> Unknown, SessionLost -> Unknown, UnboundThere -> Unbound
        Online: SessionLost -> Unknown, UnboundThere -> Unbound
        TakingOffline: Accepted -> Offline, NotBound -> Unbound, Refused -> Refused, Failed -> Unknown, SessionLost -> Unknown, UnboundThere -> Unbound
        Offline: SessionLost -> Unknown, UnboundThere -> Unbound
        Unbinding: Accepted -> Unbound, NotBound -> Unbound, Refused -> Refused, Failed -> Offline, SessionLost -> Unknown, UnboundThere -> Unbound
        Refused: SessionLost -> Unknown, BoundThere -> Bound, UnboundThere -> Unbound, Aged -> Unknown
        """;

    /// <summary>For each state and goal: the action if neither, if it may be bound, if it is deaf, if both.</summary>
    private const string Actions = """
        Unknown, AsItIs: Nothing Nothing Nothing Nothing
        Unknown, Online: BringOnline BringOnline BringOnline BringOnline
        Unknown, Offline: TakeOffline TakeOffline TakeOffline TakeOffline
        Unbound, AsItIs: Nothing Nothing Nothing Nothing
        Unbound, Online: Nothing Bind Nothing Bind
        Unbound, Offline: Nothing Nothing Nothing Nothing
        Binding, AsItIs: Nothing Nothing Nothing Nothing
        Binding, Online: Nothing Nothing Nothing Nothing
        Binding, Offline: Nothing Nothing Nothing Nothing
        Bound, AsItIs: Nothing Nothing Nothing Nothing
        Bound, Online: BringOnline BringOnline BringOnline BringOnline
        Bound, Offline: Nothing Nothing Nothing Nothing
        BringingOnline, AsItIs: Nothing Nothing Nothing Nothing
        BringingOnline, Online: Nothing Nothing Nothing Nothing
        BringingOnline, Offline: Nothing Nothing Nothing Nothing
        Online, AsItIs: Nothing Nothing Nothing Nothing
        Online, Online: Nothing Nothing Subscribe Subscribe
        Online, Offline: TakeOffline TakeOffline TakeOffline TakeOffline
        TakingOffline, AsItIs: Nothing Nothing Nothing Nothing
        TakingOffline, Online: Nothing Nothing Nothing Nothing
        TakingOffline, Offline: Nothing Nothing Nothing Nothing
        Offline, AsItIs: Nothing Nothing Nothing Nothing
        Offline, Online: BringOnline BringOnline BringOnline BringOnline
        Offline, Offline: Nothing Nothing Nothing Nothing
        Unbinding, AsItIs: Nothing Nothing Nothing Nothing
        Unbinding, Online: Nothing Nothing Nothing Nothing
        Unbinding, Offline: Nothing Nothing Nothing Nothing
        Refused, AsItIs: Nothing Nothing Nothing Nothing
        Refused, Online: Nothing Nothing Nothing Nothing
        Refused, Offline: Nothing Nothing Nothing Nothing
        """;

    /// <summary>For each state the action of one that parts, and of one that is unbound, too.</summary>
    private const string Partings = """
        Unknown: TakeOffline TakeOffline
        Unbound: Nothing Nothing
        Binding: Nothing Nothing
        Bound: TakeOffline TakeOffline
        BringingOnline: Nothing Nothing
        Online: TakeOffline TakeOffline
        TakingOffline: Nothing Nothing
        Offline: Nothing Unbind
        Unbinding: Nothing Nothing
        Refused: Nothing Nothing
        """;

    [Fact]
    public void Every_event_in_every_state_leads_where_the_table_says()
    {
        var table = Enum.GetValues<CloudState>().Select(state => $"{state}: " + string.Join(", ", Enum.GetValues<CloudEvent>()
            .Where(happened => CloudTransition.Next(state, happened) != state)
            .Select(happened => $"{happened} -> {CloudTransition.Next(state, happened)}")));

        Assert.Equal(Events, string.Join('\n', table));
    }

    [Fact]
    public void Every_state_and_goal_asks_for_the_action_that_the_table_says()
    {
        var table =
            from state in Enum.GetValues<CloudState>()
            from goal in Enum.GetValues<CloudGoal>()
            let actions = from isDeaf in (bool[])[false, true]
                          from mayBind in (bool[])[false, true]
                          select CloudTransition.Decide(state, goal, mayBind, isDeaf, isVersionUntold: false)
            select $"{state}, {goal}: {string.Join(' ', actions)}";

        Assert.Equal(Actions, string.Join('\n', table));
    }

    [Fact]
    public void One_that_parts_asks_in_every_state_for_the_action_that_the_table_says()
    {
        var table = Enum.GetValues<CloudState>().Select(state => $"{state}: {CloudTransition.DecideParting(state, unbinds: false)} "
            + CloudTransition.DecideParting(state, unbinds: true));

        Assert.Equal(Partings, string.Join('\n', table));
    }

    [Fact]
    public void A_version_is_reported_where_there_is_nothing_else_to_do_about_what_is_online_and_wanted_so()
    {
        foreach (var state in Enum.GetValues<CloudState>())
            foreach (var goal in Enum.GetValues<CloudGoal>())
                foreach (bool mayBind in (bool[])[false, true])
                    foreach (bool isDeaf in (bool[])[false, true])
                    {
                        var expected = (state, goal, isDeaf) == (CloudState.Online, CloudGoal.Online, false)
                            ? CloudAction.AnnounceVersion
                            : CloudTransition.Decide(state, goal, mayBind, isDeaf, isVersionUntold: false);
                        Assert.Equal(expected, CloudTransition.Decide(state, goal, mayBind, isDeaf, isVersionUntold: true));
                    }
    }

    [Fact]
    public void Every_action_for_a_sub_device_is_started_in_a_state()
    {
        CloudAction[] others = [CloudAction.Nothing, CloudAction.Unsubscribe];
        foreach (var action in Enum.GetValues<CloudAction>().Except(others)) CloudTransition.Started(action);
        foreach (var action in others) Assert.Throws<ArgumentOutOfRangeException>(() => CloudTransition.Started(action));
    }

    [Fact]
    public void A_hub_that_accepts_leads_to_the_goal_in_at_most_three_steps() =>
        Gen.Enum<CloudState>().Where(state => state != CloudState.Refused && !CloudTransition.IsUnderWay(state)).Sample(start =>
        {
            var state = start;
            for (int i = 0; i < 3; i++)
            {
                var action = CloudTransition.Decide(state, CloudGoal.Online, mayBind: true, isDeaf: false, isVersionUntold: true);
                if (action is CloudAction.Nothing or CloudAction.AnnounceVersion) break;
                state = CloudTransition.Next(CloudTransition.Started(action), CloudEvent.Accepted);
            }

            return state == CloudState.Online;
        });
}
