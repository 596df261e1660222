namespace BridgeFramework.IotHub;

/// <summary>Lets one publish through for each token; tokens come at the pace and pile up to the burst.</summary>
/// <remarks>Used by the one publishing loop of a connection; not thread-safe.</remarks>
internal sealed class TokenBucket(PublishPace pace, TimeProvider time)
{
    private double _tokens = pace.Burst;
    private long _filledAt = time.GetTimestamp();

    /// <summary>Takes a token, or says how long until there is one.</summary>
    public bool TryTake(out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (pace.IsUnlimited) return true;
        long now = time.GetTimestamp();
        _tokens = Math.Min(pace.Burst, _tokens + (time.GetElapsedTime(_filledAt, now).TotalSeconds * pace.PerSecond));
        _filledAt = now;
        // Tokens are a sum of rounded parts: a timer that fires exactly in time must find a whole one.
        const double Rounding = 1e-6;
        if (_tokens >= 1 - Rounding)
        {
            _tokens -= 1;
            return true;
        }

        // Timers count whole milliseconds.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling((1 - _tokens) / pace.PerSecond * 1000));
        return false;
    }

    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        while (!TryTake(out var wait)) await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
    }
}
