namespace BridgeFramework.Runtime;

/// <summary>How long a sub-device rests after the hub failed it.</summary>
internal static class RetryBackoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Last = TimeSpan.FromMinutes(5);

    /// <param name="failures">In a row, from 1.</param>
    public static TimeSpan After(int failures)
    {
        var wait = First * Math.Pow(2, Math.Min(failures - 1, 10));
        return wait < Last ? wait : Last;
    }
}
