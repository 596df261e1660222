namespace BridgeFramework.Runtime;

/// <summary>What is written down after the process has died and nobody knows of what. Pure.</summary>
internal static class NamelessDeath
{
    /// <summary>So long a verdict without a name may be taken back: where the process dies without the one that it blames, that was not
    /// it.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromDays(1);

    /// <summary>Takes the next step of the search.</summary>
    /// <param name="records">What was written down before.</param>
    /// <param name="at">When.</param>
    public static PluginRecords After(PluginRecords records, DateTimeOffset at)
    {
        if (!records.Search.IsRunning)
            return records.With(DeathSearch.None) with { Quarantine = [.. records.Quarantine.Where(version => !IsDoubtful(version, at))] };
        var (next, found) = records.Search.Died(suspect => HasStandIn(records, suspect));
        records = records.With(next);
        if (found is not null)
            return records.WithDeadly(new QuarantinedPlugin(found.Id, found.Version, ReasonOf(records, found), at, IsNameless: true));
        return next.Suspects.Where(suspect => suspect.IsLeftOut).Aggregate(records, GoBack);
    }

    /// <summary>Whether a verdict without a name is so fresh that another death would take it back.</summary>
    public static bool IsDoubtful(QuarantinedPlugin version, DateTimeOffset now) =>
        version.IsNameless && (now - version.At).Duration() <= Doubt;

    private static bool HasStandIn(PluginRecords records, Suspect suspect) =>
        records.Find(suspect.Id) is { Current: { } current, Trial: { } trial } && suspect.Is(trial.Candidate.Digest)
        && !suspect.Is(current.Digest);

    private static string ReasonOf(PluginRecords records, Suspect found) => HasStandIn(records, found)
        ? "the gateway ended while it was on trial"
        : "the gateway died without a word whenever it ran, at last as the only plugin that was not proven, and lived without it";

    /// <summary>The version before, if it is proven, runs in the place of one that is left out.</summary>
    private static PluginRecords GoBack(PluginRecords records, Suspect suspect) =>
        records.Find(suspect.Id) is { Current: { } current, Previous: { } previous } record && suspect.Is(current.Digest)
            && records.IsProven(previous) && records.FindQuarantined(previous.Digest) is null
            ? records.With(record with { Current = previous, Previous = null })
            : records;
}
