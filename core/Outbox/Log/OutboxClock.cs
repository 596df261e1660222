namespace BridgeFramework.Outbox;

/// <summary>The clock of an outbox: how long it has been open in all its life, in ms. While it is closed the clock stands still.</summary>
internal sealed class OutboxClock(TimeProvider time)
{
    private readonly long _openedAt = time.GetTimestamp();
    private long _before;

    public long Now => _before + (long)time.GetElapsedTime(_openedAt).TotalMilliseconds;

    /// <summary>Goes on from where the clock stood when the outbox was open last.</summary>
    public void Resume(long now) => _before = now;
}
