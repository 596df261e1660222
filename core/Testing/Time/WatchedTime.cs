using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Testing;

/// <summary>A clock that a test moves, and that says when a timer was armed: a test that waits for that never moves it too early.</summary>
/// <param name="start">The time at which it begins.</param>
public class WatchedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();
    private TimeSpan _set;

    /// <summary>Makes a clock that begins in the year 2026.</summary>
    public WatchedTime()
        : this(DateTimeOffset.UnixEpoch.AddYears(56))
    {
    }

    /// <summary>Whether timers that repeat are left out; default no. A tick may be as long as the wait that a test means.</summary>
    public bool IgnoresRepeating { get; init; }

    /// <summary>What every timer was armed with, in order, until it is read: when it was made, and when it was set anew.</summary>
    public ChannelReader<TimeSpan> TimerArmed => _armed.Reader;

    /// <summary>Waits until a timer of this length is armed, or was since the last call. Others that were
    /// armed before it are passed over.</summary>
    /// <param name="due">The length.</param>
    /// <exception cref="TimeoutException">None was; the message says which.</exception>
    public Task ArmedAsync(TimeSpan due) => ArmedAsync(armed => armed == due, $"a timer of {due}");

    /// <summary>Waits until a timer is armed that fits, or was since the last call. Others that were armed
    /// before it are passed over.</summary>
    /// <param name="fits">Which length is waited for.</param>
    /// <param name="what">Which timer it is, for the message: <c>the retry</c>.</param>
    /// <returns>The length.</returns>
    /// <exception cref="TimeoutException">None was; the message says which.</exception>
    public async Task<TimeSpan> ArmedAsync(Predicate<TimeSpan> fits, string what)
    {
        ArgumentNullException.ThrowIfNull(fits);
        while (true)
        {
            var armed = await Step.Of($"{what} is armed", token => _armed.Reader.ReadAsync(token).AsTask());
            if (fits(armed)) return armed;
        }
    }

    /// <summary>Somebody sets the clock of the machine: the time is another, and timers and <see cref="TimeProvider.GetTimestamp"/> go on
    /// as if nothing had happened.</summary>
    /// <param name="by">How far it is put forward, or back.</param>
    public void SetClock(TimeSpan by) => _set += by;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _set;

    /// <inheritdoc/>
    public override long GetTimestamp() => base.GetUtcNow().Ticks; // the base's own asks for the time that was set

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new WatchedTimer(this, callback, state, dueTime, period);

    private ITimer CreateUnwatched(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime, period);

    private void Note(TimeSpan dueTime, TimeSpan period)
    {
        if (IgnoresRepeating && period != Timeout.InfiniteTimeSpan) return;
        if (dueTime != Timeout.InfiniteTimeSpan) _armed.Writer.TryWrite(dueTime);
    }

    private sealed class WatchedTimer : ITimer
    {
        private readonly WatchedTime _time;
        private readonly ITimer _timer;

        public WatchedTimer(WatchedTime time, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _time = time;
            _timer = time.CreateUnwatched(callback, state, dueTime, period);
            time.Note(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool changed = _timer.Change(dueTime, period);
            if (changed) _time.Note(dueTime, period);
            return changed;
        }

        public void Dispose() => _timer.Dispose();

        public ValueTask DisposeAsync() => _timer.DisposeAsync();
    }
}
