namespace BridgeFramework.IotHub;

/// <summary>Lets one publish through for each token; tokens come at the pace and pile up to the burst.</summary>
/// <remarks>
/// A bucket alone lets the burst and a second's worth of new tokens through within one second: 35 where the hub takes 20. So in
/// any one second there are never more than the burst, or the rate if that is more.
/// Used by the one publishing loop of a connection; the pace may change from any thread.
/// </remarks>
internal sealed class TokenBucket
{
    private const int LargestWindow = 1024; // beyond that rate nobody counts by the second
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private PublishPace _pace;
    private long?[] _recent; // when the latest were let through, a ring; empty if nobody counts
    private double _tokens;
    private long _filledAt;
    private int _oldest;
    private long? _overwritten;
    private TaskCompletionSource _changed = NewSignal();

    public TokenBucket(PublishPace pace, TimeProvider time)
    {
        _pace = pace;
        _time = time;
        _tokens = pace.Burst;
        _filledAt = time.GetTimestamp();
        _recent = RingOf(pace);
    }

    /// <summary>Takes a token, or says how long until there is one.</summary>
    public bool TryTake(out TimeSpan wait)
    {
        lock (_gate) return TryTakeHeld(out wait);
    }

    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Before the look: a pace that comes after it ends the wait.
            var changed = Volatile.Read(ref _changed).Task;
            if (TryTake(out var wait)) return;
            await changed.WaitAsync(wait, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The latest token was not needed after all. Once for each taken.</summary>
    public void GiveBack()
    {
        lock (_gate)
        {
            if (_pace.IsUnlimited) return;
            _tokens += 1;
            if (_recent is []) return;
            _oldest = (_oldest + _recent.Length - 1) % _recent.Length;
            _recent[_oldest] = _overwritten;
        }
    }

    /// <summary>Goes on at another pace. What was let through within the last second still counts, and nothing piles up anew.</summary>
    public void Apply(PublishPace pace)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (pace == _pace) return;
            long now = _time.GetTimestamp();
            // Nobody knows how many went when there was no limit.
            _tokens = _pace.IsUnlimited ? 0 : Math.Min(pace.Burst, TokensAt(now));
            _filledAt = now;
            _recent = Resized(RingOf(pace));
            (_oldest, _overwritten) = (0, null);
            _pace = pace;
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    private bool TryTakeHeld(out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (_pace.IsUnlimited) return true;
        long now = _time.GetTimestamp();
        _tokens = TokensAt(now);
        _filledAt = now;
        // Tokens are a sum of rounded parts: a timer that fires exactly in time must find a whole one.
        const double Rounding = 1e-6;
        if (_tokens < 1 - Rounding) wait = TimeSpan.FromSeconds((1 - _tokens) / _pace.PerSecond);
        if (_recent is not [] && _recent[_oldest] is { } first && Second - _time.GetElapsedTime(first, now) is var rest && rest > wait)
            wait = rest;
        // Timers count whole milliseconds.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        if (wait > TimeSpan.Zero) return false;
        _tokens -= 1;
        Remember(now);
        return true;
    }

    private double TokensAt(long now) =>
        Math.Min(_pace.Burst, _tokens + (_time.GetElapsedTime(_filledAt, now).TotalSeconds * _pace.PerSecond));

    private void Remember(long now)
    {
        if (_recent is []) return;
        _overwritten = _recent[_oldest];
        _recent[_oldest] = now;
        _oldest = (_oldest + 1) % _recent.Length;
    }

    /// <summary>The latest of the present ring in another one, the oldest of them first.</summary>
    private long?[] Resized(long?[] ring)
    {
        for (int age = 1; age <= Math.Min(ring.Length, _recent.Length); age++)
            ring[^age] = _recent[(_oldest + _recent.Length - age) % _recent.Length];
        return ring;
    }

    private static long?[] RingOf(PublishPace pace)
    {
        double most = Math.Max(pace.Burst, Math.Ceiling(pace.PerSecond));
        return most <= LargestWindow ? new long?[(int)most] : [];
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
