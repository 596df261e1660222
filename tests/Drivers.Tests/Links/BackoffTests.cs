namespace BridgeFramework.Drivers.Tests;

public sealed class BackoffTests
{
    [Fact]
    public void The_delay_doubles_up_to_the_cap()
    {
        var backoff = new Backoff { Random = () => 0.5 };
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30], Enumerable.Range(1, 8).Select(n => backoff.For(n).TotalSeconds));
        Assert.Equal(30, backoff.For(int.MaxValue).TotalSeconds);
    }

    [Theory]
    [InlineData(0, 0.4)]
    [InlineData(1, 0.6)]
    public void The_jitter_is_a_fifth_to_either_side(double random, double seconds) =>
        Assert.Equal(seconds, new Backoff { Random = () => random }.For(1).TotalSeconds, 9);

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void No_delay_is_longer_than_the_longest_whatever_the_jitter(int failures) => Assert.InRange(
        new Backoff { Random = () => 1 }.For(failures), TimeSpan.Zero, TimeSpan.FromSeconds(30));

    [Fact]
    public void Without_a_failure_there_is_no_delay_to_ask_for() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Backoff().For(0));
}
