namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class EventLogTests
{
    [Fact]
    public void The_oldest_goes_when_the_log_is_full_and_numbers_go_on()
    {
        var log = new EventLog<string>(capacity: 3);
        for (int i = 0; i < 5; i++) log.Append(sequence => $"{sequence}");
        Assert.Equal(["3", "4", "5"], log.After(0));
        Assert.Equal(["5"], log.After(4));
        Assert.Empty(log.After(5));
        Assert.Equal(["3", "4", "5"], log.After(-1));
        Assert.Empty(log.After(long.MaxValue - 1));
    }

    [Fact]
    public async Task A_watcher_sees_what_is_there_and_what_comes()
    {
        var log = new EventLog<string>(capacity: 10);
        log.Append(sequence => $"{sequence}");
        await using var watcher = log.WatchAsync(0, TestContext.Current.CancellationToken).GetAsyncEnumerator(
            TestContext.Current.CancellationToken);
        Assert.True(await watcher.MoveNextAsync());
        var next = watcher.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        log.Append(sequence => $"{sequence}");
        Assert.True(await next);
        Assert.Equal("2", watcher.Current);
    }
}
