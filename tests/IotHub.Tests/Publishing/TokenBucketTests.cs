using BridgeFramework.Testing;
using CsCheck;

namespace BridgeFramework.IotHub.Tests;

public sealed class TokenBucketTests
{
    private static readonly PublishPace[] Paces = [PublishPace.Cloud, new(5, 20), new(20, 20), new(10, 10), new(0.5, 20)];

    [Fact]
    public void Five_hundred_publishes_take_what_the_pace_says_and_never_more_than_twenty_a_second()
    {
        var sent = Send(PublishPace.Cloud, Enumerable.Repeat(TimeSpan.Zero, 500));
        AssertBudget(sent, most: 20);
        Assert.InRange(sent[^1].TotalSeconds, 32, 34);
        Assert.Equal(20, sent.Count(at => at == TimeSpan.Zero)); // the burst
    }

    [Fact]
    public void Whatever_the_demand_the_budget_of_the_hub_is_kept() =>
        Gen.Int[0, 400].Array[1, 200].Sample(
            pauses => AssertBudget(Send(PublishPace.Cloud, pauses.Select(ms => TimeSpan.FromMilliseconds(ms))), most: 20));

    [Fact]
    public void What_is_given_back_can_be_taken_again_at_once()
    {
        var bucket = new TokenBucket(new PublishPace(10, 2), new TestTime());
        for (int n = 0; n < 5; n++)
        {
            Assert.True(bucket.TryTake(out _));
            bucket.GiveBack();
        }

        Assert.True(bucket.TryTake(out _));
        Assert.True(bucket.TryTake(out _));
        Assert.False(bucket.TryTake(out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(100), wait);
    }

    [Fact]
    public void Whatever_the_pace_changes_to_what_went_before_still_counts() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, Paces.Length - 1]).Array[1, 200].Sample(steps =>
        {
            var time = new TestTime();
            var bucket = new TokenBucket(PublishPace.Cloud, time);
            var sent = new List<TimeSpan>();
            foreach (var (pause, pace) in steps)
            {
                time.Advance(TimeSpan.FromMilliseconds(pause));
                bucket.Apply(Paces[pace]);
                while (!bucket.TryTake(out var wait)) time.Advance(wait);
                if (pause % 7 == 0) bucket.GiveBack();
                else sent.Add(time.GetUtcNow() - TestTime.Noon);
            }

            AssertBudget(sent, most: 20);
        });

    [Fact]
    public void After_no_limit_nothing_has_piled_up()
    {
        var time = new TestTime();
        var bucket = new TokenBucket(PublishPace.Unlimited, time);
        for (int n = 0; n < 100; n++) Assert.True(bucket.TryTake(out _));
        time.Advance(TimeSpan.FromMinutes(1));
        bucket.Apply(new PublishPace(10, 20));
        Assert.False(bucket.TryTake(out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(100), wait);
    }

    [Fact]
    public async Task A_wait_at_a_slow_pace_ends_with_the_pace()
    {
        var bucket = new TokenBucket(new PublishPace(0.001, 1), new TestTime());
        Assert.True(bucket.TryTake(out _));
        var waiting = bucket.TakeAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        bucket.Apply(PublishPace.Unlimited);
        await waiting.OrFail("a token");
    }

    // Each publish comes so long after the one before it was sent.
    private static List<TimeSpan> Send(PublishPace pace, IEnumerable<TimeSpan> pauses)
    {
        var time = new TestTime();
        var bucket = new TokenBucket(pace, time);
        var sent = new List<TimeSpan>();
        foreach (var pause in pauses)
        {
            time.Advance(pause);
            while (!bucket.TryTake(out var wait)) time.Advance(wait);
            sent.Add(time.GetUtcNow() - TestTime.Noon);
        }

        return sent;
    }

    private static void AssertBudget(List<TimeSpan> sent, int most)
    {
        for (int n = most; n < sent.Count; n++)
            Assert.True(sent[n] - sent[n - most] >= TimeSpan.FromSeconds(1), $"{most + 1} publishes from {sent[n - most]} to {sent[n]}");
    }
}
