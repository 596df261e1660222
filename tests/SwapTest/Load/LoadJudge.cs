namespace BridgeFramework.SwapTest;

/// <summary>Says what is wrong after a run under load.</summary>
internal static class LoadJudge
{
    private const int Shown = 5;

    /// <summary>What a version that hangs leaves in memory for good, and what the allocator does not give back.</summary>
    private const double MegabytesForHanging = 6;
    private const double MegabytesForAnySwap = 0.3;
    private const double MegabytesOfNoise = 8;

    public static IEnumerable<string> Judgement(LoadEvidence evidence) =>
    [
        .. TimingJudge.Judgement(evidence.Slots, evidence.Stretches, evidence.Log),
        .. Swaps(evidence),
        .. evidence.Numbers.SelectMany(pair => Numbers(pair.Key, pair.Value, evidence)),
        .. Uplink(evidence),
        .. Memory(evidence),
    ];

    private static IEnumerable<string> Swaps(LoadEvidence evidence)
    {
        foreach (var swap in evidence.Swaps)
        {
            var version = swap.Version;
            string? reason = evidence.Book.ReasonFor(version.Version);
            if (swap.TookOver is null) yield return $"{version.Version} ({swap.Way}) never took over.";
            else if (swap.Decided is null) yield return $"The trial of {version.Version} had no end.";
            else if (version.Flaw is Flaw.None && !swap.Passed)
                yield return $"{version.Version} is a good one and was rolled back: {reason}.";
            else if (version.Flaw is not Flaw.None && swap.Passed)
                yield return $"{version.Version} is a bad one ({version.Flaw}) and passed its trial.";
            else if (version.Flaw is not Flaw.None && reason?.Contains(version.ExpectedReason, StringComparison.Ordinal) is not true)
                yield return $"{version.Version} ({version.Flaw}) is to be in quarantine because it '{version.ExpectedReason}', and "
                    + $"there it is because: {reason ?? "it is not there"}.";
            else if (version.Flaw is Flaw.None && reason is not null)
                yield return $"{version.Version} is in force and in quarantine: {reason}.";
            if (version.Flaw is Flaw.None && swap.Passed)
            {
                foreach (string device in evidence.Numbers.Where(pair => !pair.Value.Any(sighting =>
                    string.Equals(sighting.Version, version.Version, StringComparison.Ordinal))).Select(pair => pair.Key))
                    yield return $"{version.Version} passed its trial, and the hub got nothing from it on {device}.";
            }
        }

        string? last = evidence.Swaps.LastOrDefault(swap => swap.Version.Flaw is Flaw.None)?.Version.Version;
        if (last is not null && evidence.Book.Ticker?.Current?.Version != last)
            yield return $"In force is {evidence.Book.Ticker?.Current?.Version}, and the last good version is {last}.";
    }

    private static IEnumerable<string> Numbers(string device, IReadOnlyList<Sighting> sightings, LoadEvidence evidence)
    {
        if (sightings.Count == 0)
        {
            yield return $"{device}: no number came at all.";
            yield break;
        }

        foreach (var (first, last) in NumberBook.Missing(sightings, evidence.Stored[device]).Take(Shown))
            yield return $"{device}: {first}..{last} never came.";
        foreach (var (first, again) in NumberBook.Doubled(sightings).Take(Shown))
            yield return FormattableString.Invariant($"""{device}: {first.Number} came from {first.Version} at {first.Taken.ToLocalTime():HH:mm:ss.fff} and again from {again.Version} at {again.Taken.ToLocalTime():HH:mm:ss.fff}.""");
        if (sightings.Max(sighting => sighting.Number) is var highest && highest != evidence.Stored[device])
            yield return $"{device}: the hub has numbers up to {highest}, the store of the channel says {evidence.Stored[device]}.";
    }

    private static IEnumerable<string> Uplink(LoadEvidence evidence)
    {
        foreach (var device in evidence.Uplink.Devices)
            foreach (var lane in device.Lanes.Where(lane => lane.Missing > 0 || lane.Counts.Conflicts > 0 || lane.Counts.OutOfOrder > 0))
                yield return $"{device.Id} {lane.Lane}: {lane.Missing} samples are missing, {lane.Counts.Conflicts} came again with "
                    + $"other content, {lane.Counts.OutOfOrder} out of order.";
    }

    private static IEnumerable<string> Memory(LoadEvidence evidence)
    {
        int hanging = evidence.Swaps.Count(swap => swap.Version.Flaw is Flaw.Hangs);
        var stays = evidence.Log.Where(line => line.Text.Contains("its code stays in memory", StringComparison.Ordinal)).ToList();
        if (stays.Count > hanging) yield return $"{stays.Count} versions stay in memory, and {hanging} were made to:{stays[0].Text}";
        // The first mark has what is compiled and cached once.
        if (evidence.Memory.Count < 2) yield break;
        var (first, last) = (evidence.Memory[0], evidence.Memory[^1]);
        double allowed = first.Megabytes + MegabytesOfNoise + (MegabytesForAnySwap * (last.Swaps - first.Swaps)) + (
            MegabytesForHanging * hanging);
        if (last.Megabytes > allowed)
            yield return FormattableString.Invariant($"""The memory grew from {first.Megabytes:F0} to {last.Megabytes:F0} MB in {last.Swaps - first.Swaps} swaps; {allowed:F0} are allowed.""");
    }
}
