namespace BridgeFramework.Runtime.Tests;

/// <summary>How long is waited after failures.</summary>
public sealed class RetryBackoffTests
{
    private static readonly RetryBackoff Backoff = new(First: TimeSpan.FromSeconds(5), Longest: TimeSpan.FromMinutes(5));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(6, 160)]
    [InlineData(7, 300)]
    [InlineData(int.MaxValue, 300)]
    public void It_doubles_up_to_the_longest_wait(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.After(failures));
}
