using System.Threading.Tasks.Sources;

namespace BridgeFramework.Drivers;

/// <summary>One sleeper with an alarm: wakes at a time or when told to. Allocates nothing after it was made.</summary>
internal sealed class Wakeup : IValueTaskSource, IDisposable
{
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private bool _sleeping;
    private bool _pending;

    public Wakeup(TimeProvider time) =>
        _timer = time.CreateTimer(static state => ((Wakeup)state!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Sleeps. One at a time.</summary>
    public ValueTask SleepAsync(TimeSpan atMost)
    {
        lock (_gate)
        {
            if (_pending)
            {
                _pending = false;
                return ValueTask.CompletedTask;
            }

            _source.Reset();
            _sleeping = true;
            if (atMost < TimeSpan.FromDays(1)) _timer.Change(atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            return new ValueTask(this, _source.Version);
        }
    }

    /// <summary>Wakes the sleeper, or lets the next sleep end at once.</summary>
    public void Set()
    {
        lock (_gate)
        {
            if (!_sleeping)
            {
                _pending = true;
                return;
            }

            _sleeping = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _source.SetResult(true);
    }

    public void Dispose() => _timer.Dispose();

    public void GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
