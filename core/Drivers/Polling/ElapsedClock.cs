namespace BridgeFramework.Drivers;

/// <summary>The time since a line was set up. Steps of the wall clock do not touch it.</summary>
/// <param name="time">The clock it is read from.</param>
public sealed class ElapsedClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The time since this clock was made.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);
}
