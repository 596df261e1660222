namespace BridgeFramework.IotHub;

/// <summary>Lets one publish through for each token; tokens come at the pace and pile up to the burst.</summary>
/// <remarks>
/// A bucket alone lets the burst and a second's worth of new tokens through within one second: 35 where the hub takes 20. So in
/// any one second there are never more than the burst, or the rate if that is more.
/// Used by the one publishing loop of a connection; not thread-safe.
/// </remarks>
internal sealed class TokenBucket
{
    private const int LargestWindow = 1024; // beyond that rate nobody counts by the second
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly PublishPace _pace;
    private readonly TimeProvider _time;
    private readonly long?[] _recent; // when the latest were let through, a ring; empty if nobody counts
    private double _tokens;
    private long _filledAt;
    private int _oldest;
    private long? _overwritten;

    public TokenBucket(PublishPace pace, TimeProvider time)
    {
        _pace = pace;
        _time = time;
        _tokens = pace.Burst;
        _filledAt = time.GetTimestamp();
        double most = Math.Max(pace.Burst, Math.Ceiling(pace.PerSecond));
        _recent = most <= LargestWindow ? new long?[(int)most] : [];
    }

    /// <summary>Takes a token, or says how long until there is one.</summary>
    public bool TryTake(out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (_pace.IsUnlimited) return true;
        long now = _time.GetTimestamp();
        _tokens = Math.Min(_pace.Burst, _tokens + (_time.GetElapsedTime(_filledAt, now).TotalSeconds * _pace.PerSecond));
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

    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        while (!TryTake(out var wait)) await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The latest token was not needed after all. Once for each taken.</summary>
    public void GiveBack()
    {
        if (_pace.IsUnlimited) return;
        _tokens += 1;
        if (_recent is []) return;
        _oldest = (_oldest + _recent.Length - 1) % _recent.Length;
        _recent[_oldest] = _overwritten;
    }

    private void Remember(long now)
    {
        if (_recent is []) return;
        _overwritten = _recent[_oldest];
        _recent[_oldest] = now;
        _oldest = (_oldest + 1) % _recent.Length;
    }
}
