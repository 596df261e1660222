namespace BridgeFramework.Drivers;

/// <summary>Keeps the probes of all offline units of a line to a tenth of its time.</summary>
public sealed class ProbeBudget
{
    private const int LineTimePerProbeTime = 10;
    private readonly Lock _gate = new();
    private TimeSpan _nextAllowed = TimeSpan.MinValue;

    /// <summary>When the next probe may be sent.</summary>
    public TimeSpan NextAllowed
    {
        get
        {
            lock (_gate) return _nextAllowed;
        }
    }

    /// <summary>Takes a probe from the budget.</summary>
    /// <param name="now">The time.</param>
    /// <param name="cost">How long it holds the line when it is not answered.</param>
    /// <returns><see langword="false"/> when it is too early.</returns>
    public bool TryTake(TimeSpan now, TimeSpan cost)
    {
        lock (_gate)
        {
            if (now < _nextAllowed) return false;
            _nextAllowed = now + cost * LineTimePerProbeTime;
            return true;
        }
    }
}
