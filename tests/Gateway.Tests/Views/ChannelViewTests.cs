using BridgeFramework.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Gateway.Tests;

public sealed class ChannelViewTests
{
    [Fact]
    public void A_channel_that_serves_and_has_a_problem_is_not_well()
    {
        var time = new FakeTimeProvider();
        var channel = new ChannelStatus
        {
            Name = "line1",
            Driver = "modbus",
            State = ChannelState.Serving,
            Since = time.GetUtcNow(),
            SinceTimestamp = time.GetTimestamp(),
        };
        Assert.True(ChannelView.Of(channel, time).Ok);
        var began = time.GetUtcNow();
        var problem = new ChannelProblem
        {
            What = "it floods",
            Since = began,
            SinceTimestamp = time.GetTimestamp(),
            Remedy = "bring another",
        };
        time.Advance(TimeSpan.FromSeconds(5));

        var view = ChannelView.Of(channel with { Problems = [problem] }, time);

        Assert.False(view.Ok);
        Assert.Equal([new ChannelProblemView("it floods", began, TimeSpan.FromSeconds(5), "bring another")], view.Problems);
    }
}
