namespace BridgeFramework.Runtime;

/// <summary>A token that is cancelled at its time, however far away that is: a timer reaches no further than 49 days.</summary>
internal sealed class FarDeadline : IDisposable
{
    /// <summary>How far one timer is set at most.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _over;
    private readonly ITimer _timer;
    private TimeSpan _at; // on the steady clock
    private bool _isDisposed;

    /// <param name="time">The clock.</param>
    public FarDeadline(TimeProvider time)
    {
        _time = time;
        _over = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _timer = time.CreateTimer(_ => Approach(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when it is over.</summary>
    public CancellationToken Token => _over.Token;

    /// <summary>Sets it, in place of what was set before.</summary>
    /// <param name="left">From now on; at once where nothing is left.</param>
    public void Set(TimeSpan left)
    {
        lock (_gate) _at = Now + left;
        Approach();
    }

    /// <summary>It does not come before it is set again.</summary>
    public void Suspend()
    {
        lock (_gate) _at = TimeSpan.MaxValue;
        Approach();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
            _over.Dispose();
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    private void Approach()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            var left = _at - Now;
            bool isNear = left <= Reach;
            // The end itself is the source's: it calls those who wait outside the lock.
            _over.CancelAfter(!isNear ? Timeout.InfiniteTimeSpan : left > TimeSpan.Zero ? left : TimeSpan.Zero);
            _timer.Change(isNear ? Timeout.InfiniteTimeSpan : Reach, Timeout.InfiniteTimeSpan);
        }
    }
}
