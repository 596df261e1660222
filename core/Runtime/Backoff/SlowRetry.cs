namespace BridgeFramework.Runtime;

/// <summary>How long to wait before something is asked again that only somebody's doing can change: 10 minutes at least, an hour at most,
/// and not for everything at the same time.</summary>
internal static class SlowRetry
{
    private static readonly RetryBackoff Longest = new(First: TimeSpan.FromMinutes(15), Longest: TimeSpan.FromHours(1));

    /// <param name="times">In a row, from 1.</param>
    /// <param name="dice">By chance, from 0 to 1; takes up to a third of the wait.</param>
    public static TimeSpan After(int times, double dice) => Longest.After(times) * ((2 + dice) / 3);
}
