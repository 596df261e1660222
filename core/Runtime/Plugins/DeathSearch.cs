namespace BridgeFramework.Runtime;

/// <summary>The search for the plugin that the process dies of, where nobody knows which it is: at each start half of those that ran is
/// left out. Pure; written down after each step.</summary>
/// <remarks>
/// <para>Those that ran when the process died are fewer by half at each start, so that after log2(n)+2 starts none of them runs, whoever
/// and however many it was. Where the process lives, those in it are proven, and others come back.</para>
/// <para>One that is the only suspect from the beginning is not left out at the first death: half of one is none, and most gateways have
/// one plugin and are killed by somebody now and then.</para>
/// <para>Who was alone when it died is a suspect above all, and comes back last. If it dies again then, and was well without it in
/// between, that one has been found.</para>
/// </remarks>
/// <param name="Suspects">Versions that are not proven, those that began first in front.</param>
internal sealed record DeathSearch(IReadOnlyList<Suspect> Suspects)
{
    public static DeathSearch None { get; } = new([]);

    /// <summary>Whether somebody is looked for.</summary>
    public bool IsOn => Suspects.Any(suspect => suspect.Deaths > 0 || suspect.IsLeftOut);

    /// <summary>Whether code of one runs.</summary>
    public bool IsRunning => Suspects.Any(suspect => suspect.HasRun);

    /// <summary>Whether a version that is not proven may be loaded: one that comes new waits while somebody is looked for.</summary>
    public bool Admits(string digest) => Find(digest) is { } known ? !known.IsLeftOut : !IsOn;

    /// <summary>The same, where it is known whose version it is: another one of a plugin that is left out may be the corrected
    /// one.</summary>
    public bool Admits(Suspect version) => Admits(version.Version.Digest)
        || (Find(version.Version.Digest) is null && Suspects.Any(suspect => suspect.IsLeftOut && IsOfSamePlugin(suspect, version)));

    public Suspect? Find(string digest) => Suspects.FirstOrDefault(suspect => suspect.Is(digest));

    /// <summary>Code of a version that is not proven is about to run.</summary>
    public DeathSearch Begin(Suspect version)
    {
        // What it takes the place of does not come back.
        var search = Find(version.Version.Digest) is null
            ? new DeathSearch([.. Suspects.Where(suspect => !(suspect.IsLeftOut && IsOfSamePlugin(suspect, version)))]) : this;
        return search.Put((Find(version.Version.Digest) ?? version) with { Entry = version.Entry, HasRun = true, IsLeftOut = false });
    }

    /// <summary>One that came during the search waits for its end.</summary>
    public DeathSearch LeaveOut(Suspect version) => Put(version with { IsLeftOut = true });

    /// <summary>It is proven, or gone.</summary>
    public DeathSearch Without(string digest) => new([.. Suspects.Where(suspect => !suspect.Is(digest))]);

    /// <summary>All of a plugin is gone.</summary>
    public DeathSearch WithoutPlugin(string id) =>
        new([.. Suspects.Where(suspect => !string.Equals(suspect.Id, id, StringComparison.Ordinal))]);

    /// <summary>The process before did not die, or it is known of what: nothing has been learned of these.</summary>
    public DeathSearch Ended() => new(
        [.. Suspects.Where(suspect => suspect.Deaths > 0 || suspect.IsLeftOut).Select(suspect => suspect with { HasRun = false })]);

    /// <summary>The process before died, and nobody knows of what.</summary>
    /// <param name="hasStandIn">Whether another version of the same plugin is in force and takes its place: such a one is left out
    /// first.</param>
    /// <returns>How it goes on, and who has been found.</returns>
    public (DeathSearch Next, Suspect? Found) Died(Func<Suspect, bool> hasStandIn)
    {
        var ran = Suspects.Where(suspect => suspect.HasRun).OrderBy(hasStandIn).ToList();
        // It was none of them: whoever is left out comes back.
        if (ran.Count == 0) return (None, null);
        if (FindAmong(ran, hasStandIn) is { } found) return (Without(found.Version.Digest).Ended(), found);
        if (!IsOn && ran is [{ HasChance: false } only]) return (new DeathSearch([only with { HasRun = false, HasChance = true }]), null);
        var judged = ran.Select((suspect, i) => suspect with
        {
            Deaths = suspect.Deaths + (suspect.HasChance ? 2 : 1),
            HasRun = false,
            HasChance = false,
            IsLeftOut = i >= ran.Count / 2,
            WasAlone = suspect.WasAlone || ran.Count == 1,
        });
        return (new DeathSearch([.. judged, .. Suspects.Where(suspect => !suspect.HasRun)]), null);
    }

    /// <summary>The process has lived for long enough, and all that runs is proven: others come back.</summary>
    /// <returns>How it goes on, and who comes back now; nobody when it is over.</returns>
    public (DeathSearch Next, IReadOnlyList<Suspect> Back) Return()
    {
        // Who was not left out and does not run has gone, or cannot be loaded.
        var waiting = Suspects.Where(suspect => suspect.IsLeftOut).ToList();
        var others = waiting.Where(suspect => !suspect.WasAlone).OrderBy(suspect => suspect.Deaths).ToList();
        // Where one stands out the others are hardly to blame. Else it may be any of them: half of them tell most.
        int count = others.Count == 0 ? 1 : others.Count < waiting.Count ? others.Count : (others.Count + 1) / 2;
        List<Suspect> back = [.. (others.Count == 0 ? waiting : others).Take(count)];
        return (
            new DeathSearch([.. waiting.Select(suspect => back.Contains(suspect) ? suspect with { IsLeftOut = false } : suspect)]), back);
    }

    private static bool IsOfSamePlugin(Suspect one, Suspect other) => string.Equals(one.Id, other.Id, StringComparison.Ordinal);

    private static Suspect? FindAmong(List<Suspect> ran, Func<Suspect, bool> hasStandIn)
    {
        if (ran is [{ WasAlone: true } alone]) return alone;
        // A new version on trial, and nobody else: the old one is at hand.
        return hasStandIn(ran[^1]) && ran.DistinctBy(suspect => suspect.Id, StringComparer.Ordinal).Count() == 1 ? ran[^1] : null;
    }

    private DeathSearch Put(Suspect suspect) => new(
        Find(suspect.Version.Digest) is { } known
            ? [.. Suspects.Select(other => ReferenceEquals(other, known) ? suspect : other)]
            : [.. Suspects, suspect]);
}
