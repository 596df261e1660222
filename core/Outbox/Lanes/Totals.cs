namespace BridgeFramework.Outbox;

/// <summary>Counts that only grow.</summary>
internal static class Totals
{
    /// <summary>Raises each to that of another list, where that is larger.</summary>
    public static void Raise(Span<long> counts, ReadOnlySpan<long> others)
    {
        for (int at = 0; at < counts.Length; at++) counts[at] = Math.Max(counts[at], others[at]);
    }
}
