namespace BridgeFramework.Runtime;

/// <summary>How long a failed channel rests: 1 s doubling to 60 s, at 60 s at once where trying again does not help.</summary>
internal static class RestartBackoff
{
    private static readonly DoublingRest Rest = new(First: TimeSpan.FromSeconds(1), Longest: TimeSpan.FromSeconds(60));

    /// <param name="failures">How often it has failed in a row, from 1.</param>
    /// <param name="isTransient">Whether trying again may help.</param>
    public static TimeSpan After(int failures, bool isTransient) => isTransient ? Rest.After(failures) : Rest.Longest;
}
