namespace BridgeFramework.Runtime;

/// <summary>
/// How long to wait before something that failed is tried again: doubles with each failure in a row, up to a longest wait. The one back-off
/// of the engine; who retries has its own schedule as a value of it.
/// </summary>
/// <param name="First">After the first failure.</param>
/// <param name="Longest">No wait is longer.</param>
internal readonly record struct RetryBackoff(TimeSpan First, TimeSpan Longest)
{
    private const int MostDoublings = 20; // no schedule of ours goes up to a million times its first wait

    /// <param name="failures">In a row, from 1.</param>
    public TimeSpan After(int failures)
    {
        var wait = First * Math.Pow(2, Math.Min(failures - 1, MostDoublings));
        return wait < Longest ? wait : Longest;
    }
}
