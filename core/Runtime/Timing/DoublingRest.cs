namespace BridgeFramework.Runtime;

/// <summary>A rest after failures that doubles with each in a row, up to a longest one.</summary>
/// <param name="First">After the first failure.</param>
/// <param name="Longest">No rest is longer.</param>
internal readonly record struct DoublingRest(TimeSpan First, TimeSpan Longest)
{
    private const int MostDoublings = 20; // no rest of ours is a million times the first

    /// <param name="failures">In a row, from 1.</param>
    public TimeSpan After(int failures)
    {
        var rest = First * Math.Pow(2, Math.Min(failures - 1, MostDoublings));
        return rest < Longest ? rest : Longest;
    }
}
