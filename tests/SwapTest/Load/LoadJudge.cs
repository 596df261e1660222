namespace BridgeFramework.SwapTest;

/// <summary>Says what is wrong after a run under load.</summary>
internal static class LoadJudge
{
    private const int Shown = 5;
    private const int FreeStalls = 2;

    /// <summary>What a version that hangs leaves in memory for good, and what the allocator does not give back.</summary>
    private const double MegabytesForHanging = 6;
    private const double MegabytesForAnySwap = 0.3;
    private const double MegabytesOfNoise = 8;

    /// <summary>The rule for the channels that must not notice, in words.</summary>
    public static string Rule { get; } =
        FormattableString.Invariant($"""at most max({FreeStalls}, 2 * sqrt(all stalls)) more stalls with swaps than without, for the same time: what the machine does by itself falls on both alike""");

    public static IEnumerable<string> Judgement(LoadEvidence evidence) =>
        [.. Timing(evidence), .. Swaps(evidence), .. evidence.Numbers.SelectMany(pair => Numbers(pair.Key, pair.Value, evidence)),
            .. Uplink(evidence), .. Memory(evidence)];

    private static IEnumerable<string> Timing(LoadEvidence evidence)
    {
        foreach (var channel in SwapScene.TimingChannels)
        {
            int runs = evidence.Slots.Count(run => string.Equals(run.Channel, channel, StringComparison.Ordinal));
            if (runs != 1) yield return $"Channel {channel}, whose plugin was not replaced, ran {runs} times: it was stopped.";
        }

        var (with, without) = (evidence.TimekeepingOf(hasSwaps: true), evidence.TimekeepingOf(hasSwaps: false));
        if (with.Slots == 0 || without.Slots == 0)
        {
            yield return "No slots were written down.";
            yield break;
        }

        double expected = without.Stalls.Count * (with.Duration / without.Duration);
        double allowed = expected + Math.Max(FreeStalls, 2 * Math.Sqrt(with.Stalls.Count + expected));
        if (with.Stalls.Count <= allowed) yield break;
        yield return FormattableString.Invariant($"""Slots were late or left out in {with.Stalls.Count} moments with swaps, where {expected:F1} are expected from the time without and {allowed:F1} are allowed. The worst:""");
        foreach (var stall in with.Stalls.OrderByDescending(stall => stall.Worst).Take(Shown))
            yield return FormattableString.Invariant($"""  {stall.At.ToLocalTime():HH:mm:ss.fff}, {stall.Channels} channels, {stall.Worst.TotalMilliseconds:F0} ms, after{evidence.Log.LastOrDefault(line => line.At <= stall.At + stall.Worst)?.Text}""");
    }

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
