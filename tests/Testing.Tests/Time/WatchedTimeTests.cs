namespace BridgeFramework.Testing.Tests;

public sealed class WatchedTimeTests
{
    private readonly WatchedTime _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wait_is_told_and_ends_when_the_clock_is_moved()
    {
        var waiting = Task.Delay(TimeSpan.FromSeconds(5), _time, Ct);
        await _time.ArmedAsync(TimeSpan.FromSeconds(5));
        Assert.False(waiting.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(5));

        await waiting.OrFail("the wait ends");
    }

    [Fact]
    public async Task A_timer_that_is_set_anew_is_told_and_one_that_is_stopped_is_not()
    {
        await using var timer = _time.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);

        List<TimeSpan> armed = [];
        while (_time.TimerArmed.TryRead(out var due)) armed.Add(due);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], armed);
    }

    [Fact]
    public async Task Timers_that_are_not_waited_for_are_passed_over()
    {
        foreach (int seconds in new[] { 1, 2, 3 }) _ = Task.Delay(TimeSpan.FromSeconds(seconds), _time, Ct);

        Assert.Equal(TimeSpan.FromSeconds(2), await _time.ArmedAsync(due => due > TimeSpan.FromSeconds(1), "the second"));
        await _time.ArmedAsync(TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_timer_that_repeats_is_told_unless_it_is_to_be_left_out(bool left)
    {
        var time = new WatchedTime { IgnoresRepeating = left };
        await using var timer = time.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        Assert.Equal(!left, time.TimerArmed.TryRead(out _));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public async Task A_clock_that_is_set_moves_neither_timers_nor_timestamps(int days)
    {
        var (start, begun) = (_time.GetUtcNow(), _time.GetTimestamp());
        var waiting = Task.Delay(TimeSpan.FromSeconds(5), _time, Ct);

        _time.SetClock(TimeSpan.FromDays(days));

        Assert.Equal((start.AddDays(days), TimeSpan.Zero, false), (_time.GetUtcNow(), _time.GetElapsedTime(begun), waiting.IsCompleted));
        _time.Advance(TimeSpan.FromSeconds(5));
        await waiting.OrFail("the wait ends");
        Assert.Equal((start.AddDays(days).AddSeconds(5), TimeSpan.FromSeconds(5)), (_time.GetUtcNow(), _time.GetElapsedTime(begun)));
    }
}
