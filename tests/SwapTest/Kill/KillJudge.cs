namespace BridgeFramework.SwapTest;

/// <summary>Says what is wrong with the numbers after kills.</summary>
internal static class KillJudge
{
    private const int Shown = 5;

    /// <summary>Which numbers may come twice, in words.</summary>
    public static string Rule { get; } =
        "a number may come twice where the gateway was killed in between: the one number between report and store, and during a trial "
            + "all since the take-over, whose stores are put back";

    public static IEnumerable<string> Numbers(
        string device, IReadOnlyList<Sighting> sightings, long stored, IReadOnlyList<KillCycle> cycles)
    {
        if (sightings.Count == 0)
        {
            yield return $"{device}: no number came at all.";
            yield break;
        }

        foreach (var (first, last) in NumberBook.Missing(sightings, stored).Take(Shown))
            yield return $"{device}: {first}..{last} never came.";
        foreach (var between in NumberBook.Doubled(sightings).GroupBy(pair => Between(pair.First, pair.Again, cycles)))
        {
            if (between.Key is not { } cycle)
            {
                foreach (var (first, again) in between.Take(Shown))
                    yield return FormattableString.Invariant($"""{device}: {first.Number} came from {first.Version} at {first.Taken.ToLocalTime():HH:mm:ss.fff} and again from {again.Version} at {again.Taken.ToLocalTime():HH:mm:ss.fff}, and no kill was in between.""");
            }
            else if (!cycle.WasOnTrial && between.Count() > 1)
            {
                yield return FormattableString.Invariant($"""{device}: {between.Count()} numbers, {between.Min(pair => pair.First.Number)}..{between.Max(pair => pair.First.Number)}, came again after kill {cycle.Number}, where no version was on trial.""");
            }
        }

        if (sightings.Max(sighting => sighting.Number) is var highest && highest != stored)
            yield return $"{device}: the hub has numbers up to {highest}, the store of the channel says {stored}.";
    }

    /// <summary>The last kill between two reports.</summary>
    private static KillCycle? Between(Sighting first, Sighting again, IReadOnlyList<KillCycle> cycles) =>
        cycles.LastOrDefault(cycle => cycle.Killed >= first.Taken && cycle.Killed <= again.Taken);
}
