namespace BridgeFramework.Outbox;

/// <summary>How a lane stands.</summary>
/// <param name="NextSequence">The number that the next item gets.</param>
/// <param name="Acknowledged">How many items have arrived, since the lane exists.</param>
/// <param name="Dropped">How many items were given up, since the lane exists.</param>
/// <param name="Pending">How many items wait, those under way included.</param>
/// <param name="PendingBytes">How many bytes wait.</param>
/// <param name="OldestAge">How long the oldest that waits has waited while the outbox was open; null if none waits.</param>
public readonly record struct LaneStatus(
    long NextSequence, long Acknowledged, long Dropped, long Pending, long PendingBytes, TimeSpan? OldestAge)
{
    /// <summary>A lane that was never used.</summary>
    internal static LaneStatus Unused { get; } = new(1, 0, 0, 0, 0, OldestAge: null);
}
