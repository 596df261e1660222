using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime.Tests;

public sealed class LiveShareTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(50)]
    [InlineData(70)]
    [InlineData(100)]
    public void Of_contested_messages_live_values_have_exactly_their_share_at_any_time(int percent)
    {
        var share = new LiveShare(percent);
        int live = 0;
        for (int turn = 1; turn <= 1000; turn++)
        {
            var kind = share.Next;
            if (kind == LaneKind.Live) live++;
            share.Given(kind);
            Assert.InRange(live * 100, (turn * percent) - 100, (turn * percent) + 100);
        }

        Assert.Equal(10 * percent, live);
    }
}
