using BridgeFramework.Testing;

namespace BridgeFramework.Runtime.Tests;

public sealed class ChannelStandingTests
{
    [Fact]
    public void How_long_a_state_lasts_is_known_after_the_clock_was_set()
    {
        var time = new WatchedTime(DateTimeOffset.UnixEpoch);
        var standing = new ChannelStanding(ChannelBench.Configuration(), time);
        time.Advance(TimeSpan.FromSeconds(3));
        time.SetClock(TimeSpan.FromHours(1));

        standing.Become(ChannelState.BackingOff, "No way.", failures: 1);
        time.Advance(TimeSpan.FromSeconds(2));
        time.SetClock(TimeSpan.FromDays(20000));

        Assert.Equal(TimeSpan.FromSeconds(2), time.GetElapsedTime(standing.Status.SinceTimestamp));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddHours(1).AddSeconds(3), standing.Status.Since);
    }
}
