namespace BridgeFramework.Runtime.Tests;

/// <summary>A clock that goes from one timer to the next, each at its exact time, so that a simulated day takes seconds.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddYears(56);
    private readonly PriorityQueue<OneShot, (long Due, long Order)> _timers = new();
    private long _order;
    private TimeSpan _jumped;

    /// <summary>Time since the start.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Timers that are set and have not gone off.</summary>
    public int Armed => _timers.UnorderedItems.Count(item => !item.Element.IsDisposed);

    /// <summary>Sets the wall clock; timers and the steady counter know nothing of it.</summary>
    public void Jump(TimeSpan by) => _jumped += by;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow() => Start + Now + _jumped;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        return Add(() => callback(state), dueTime);
    }

    public void After(TimeSpan wait, Action action) => Add(action, wait);

    /// <summary>Goes to the next timer that is due until <paramref name="end"/> and lets it go off; else goes to the end.</summary>
    public bool TryStep(TimeSpan end)
    {
        while (_timers.TryPeek(out var timer, out var at) && at.Due <= end.Ticks)
        {
            _timers.Dequeue();
            if (timer.IsDisposed) continue;
            Now = TimeSpan.FromTicks(Math.Max(at.Due, Now.Ticks));
            timer.GoOff();
            return true;
        }

        Now = end;
        return false;
    }

    private OneShot Add(Action action, TimeSpan wait)
    {
        var timer = new OneShot(action);
        _timers.Enqueue(timer, ((Now + wait).Ticks, _order++));
        return timer;
    }

    private sealed class OneShot(Action action) : ITimer
    {
        public bool IsDisposed { get; private set; }

        public void GoOff()
        {
            IsDisposed = true;
            action();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException("These timers go off once.");

        public void Dispose() => IsDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
