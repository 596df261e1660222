namespace BridgeFramework.Outbox;

/// <summary>How a lane stands, in items since the outbox was opened. Appended = Acknowledged + Dropped + Pending.</summary>
/// <param name="Appended">How many were added.</param>
/// <param name="Acknowledged">How many have left.</param>
/// <param name="Dropped">How many a bound pushed out.</param>
/// <param name="PendingBytes">How many bytes wait.</param>
public readonly record struct LaneStatus(long Appended, long Acknowledged, long Dropped, long PendingBytes)
{
    /// <summary>How many wait, those under way included.</summary>
    public long Pending => Appended - Acknowledged - Dropped;
}
