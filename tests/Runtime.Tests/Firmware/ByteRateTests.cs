using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Runtime.Tests;

public sealed class ByteRateTests
{
    [Fact]
    public async Task All_downloads_together_keep_to_the_pace()
    {
        var time = new FakeTimeProvider();
        var rate = new ByteRate(1000, time);
        var (one, other) = (rate.TakeAsync(500, CancellationToken.None), rate.TakeAsync(1500, CancellationToken.None));

        time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(one.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await Step.Of("the first may come", _ => one);
        time.Advance(TimeSpan.FromMilliseconds(1499));
        Assert.False(other.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await Step.Of("the second may come", _ => other);
    }

    [Fact]
    public async Task Another_pace_holds_for_what_is_asked_for_from_then_on()
    {
        var time = new FakeTimeProvider();
        var rate = new ByteRate(0, time);
        Assert.True(rate.TakeAsync(1_000_000, CancellationToken.None).IsCompleted);

        rate.Become(1000);
        var slow = rate.TakeAsync(1000, CancellationToken.None);
        Assert.False(slow.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(1));
        await Step.Of("it may come", _ => slow);
    }
}
