namespace BridgeFramework.Benchmarks;

/// <summary>A stretch of time in which a contender works.</summary>
internal readonly struct Round(TimeSpan length)
{
    private readonly long _end = TimeProvider.System.GetTimestamp() + (long)(length.TotalSeconds * TimeProvider.System.TimestampFrequency);

    /// <summary>Whether to stop. Looked at once per piece of work by both sides, so its cost is the same for both.</summary>
    public bool IsOver => TimeProvider.System.GetTimestamp() >= _end;
}
