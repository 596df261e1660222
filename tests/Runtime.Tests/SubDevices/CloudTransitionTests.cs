using CsCheck;

namespace BridgeFramework.Runtime.Tests;

public sealed class CloudTransitionTests
{
    [Theory]
    [InlineData(CloudState.Unknown, CloudGoal.Online, true, CloudAction.BringOnline)]
    [InlineData(CloudState.Bound, CloudGoal.Online, true, CloudAction.BringOnline)]
    [InlineData(CloudState.Offline, CloudGoal.Online, false, CloudAction.BringOnline)]
    [InlineData(CloudState.Unbound, CloudGoal.Online, true, CloudAction.Bind)]
    [InlineData(CloudState.Unbound, CloudGoal.Online, false, CloudAction.Nothing)]
    [InlineData(CloudState.Online, CloudGoal.Online, true, CloudAction.Nothing)]
    [InlineData(CloudState.Refused, CloudGoal.Online, true, CloudAction.Nothing)]
    [InlineData(CloudState.Unknown, CloudGoal.Offline, true, CloudAction.TakeOffline)]
    [InlineData(CloudState.Online, CloudGoal.Offline, true, CloudAction.TakeOffline)]
    [InlineData(CloudState.Bound, CloudGoal.Offline, true, CloudAction.Nothing)]
    [InlineData(CloudState.Unbound, CloudGoal.Offline, true, CloudAction.Nothing)]
    [InlineData(CloudState.Online, CloudGoal.AsItIs, true, CloudAction.Nothing)]
    [InlineData(CloudState.Unknown, CloudGoal.AsItIs, true, CloudAction.Nothing)]
    public void The_next_action_follows_from_state_and_goal(CloudState state, object goal, bool mayBind, object action) =>
        Assert.Equal((CloudAction)action, CloudTransition.Decide(state, (CloudGoal)goal, mayBind));

    [Theory]
    [InlineData(CloudState.BringingOnline, CloudEvent.Accepted, CloudState.Online)]
    [InlineData(CloudState.BringingOnline, CloudEvent.NotBound, CloudState.Unbound)]
    [InlineData(CloudState.BringingOnline, CloudEvent.Failed, CloudState.Unknown)]
    [InlineData(CloudState.BringingOnline, CloudEvent.Refused, CloudState.Refused)]
    [InlineData(CloudState.Binding, CloudEvent.Accepted, CloudState.Bound)]
    [InlineData(CloudState.Binding, CloudEvent.Failed, CloudState.Unbound)]
    [InlineData(CloudState.Binding, CloudEvent.Refused, CloudState.Refused)]
    [InlineData(CloudState.TakingOffline, CloudEvent.Accepted, CloudState.Offline)]
    [InlineData(CloudState.TakingOffline, CloudEvent.NotBound, CloudState.Unbound)]
    [InlineData(CloudState.TakingOffline, CloudEvent.Failed, CloudState.Unknown)]
    [InlineData(CloudState.Online, CloudEvent.SessionLost, CloudState.Unknown)]
    [InlineData(CloudState.Refused, CloudEvent.SessionLost, CloudState.Unknown)]
    [InlineData(CloudState.Online, CloudEvent.UnboundThere, CloudState.Unbound)]
    [InlineData(CloudState.Unbound, CloudEvent.BoundThere, CloudState.Bound)]
    [InlineData(CloudState.Refused, CloudEvent.BoundThere, CloudState.Bound)]
    [InlineData(CloudState.Online, CloudEvent.BoundThere, CloudState.Online)]
    [InlineData(CloudState.Online, CloudEvent.Accepted, CloudState.Online)]
    public void Each_event_leads_somewhere(CloudState state, object happened, CloudState next) =>
        Assert.Equal(next, CloudTransition.Next(state, (CloudEvent)happened));

    [Fact]
    public void A_hub_that_accepts_leads_to_the_goal_in_at_most_three_steps() =>
        Gen.Enum<CloudState>().Where(state => state != CloudState.Refused && !CloudTransition.IsUnderWay(state)).Sample(start =>
        {
            var state = start;
            for (int i = 0; i < 3; i++)
            {
                var action = CloudTransition.Decide(state, CloudGoal.Online, mayBind: true);
                if (action == CloudAction.Nothing) break;
                state = CloudTransition.Next(CloudTransition.Started(action), CloudEvent.Accepted);
            }

            return state == CloudState.Online;
        });
}
