namespace BridgeFramework.Runtime;

/// <summary>How long a sub-device rests after the hub failed it.</summary>
internal static class RetryBackoff
{
    private static readonly DoublingRest Rest = new(First: TimeSpan.FromSeconds(5), Longest: TimeSpan.FromMinutes(5));

    /// <param name="failures">In a row, from 1.</param>
    public static TimeSpan After(int failures) => Rest.After(failures);
}
