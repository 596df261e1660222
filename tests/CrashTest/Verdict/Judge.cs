using BridgeFramework.IotHubEmulator;
using BridgeFramework.Processes;

namespace BridgeFramework.CrashTest;

/// <summary>Says what is wrong, in sentences to find the mistake with.</summary>
internal static class Judge
{
    private const int ShownRanges = 10;

    public static IReadOnlyList<string> Judgement(Evidence evidence) =>
    [
        .. Witnesses(evidence), .. SceneFolder.SubDevices.SelectMany(device => Lanes(evidence, device)),
        .. Counts(evidence), .. SceneFolder.SubDevices.SelectMany(device => Ledger(evidence, device)),
    ];

    /// <summary>A run that saw nothing proves nothing.</summary>
    private static IEnumerable<string> Witnesses(Evidence evidence)
    {
        if (evidence.Overlooked > 0)
            yield return $"{evidence.Overlooked} messages were forgotten by the hub before they were read here: the counts prove nothing.";
        if (evidence.Hub.Foreign > 0)
        {
            var foreign = evidence.Hub.Devices.Where(device => device.Foreign > 0).Select(device => $"{device.Id}: {device.ForeignReason}");
            yield return $"{evidence.Hub.Foreign} messages are of no known form: {string.Join(' ', foreign)}";
        }

        foreach (string device in SceneFolder.SubDevices.Where(device => evidence.Book.CountOf(device) == 0))
            yield return $"{device}: no count came at all.";
        if (!evidence.Options.PlainOnly && evidence.Hub.Total.Compact == 0)
            yield return "No message came in the compact form, though half of the products have it.";
        if (evidence.Ledger is null) yield return $"There is no ledger to compare with: {evidence.LedgerFault}";
        if (!evidence.IsQuiet)
            yield return FormattableString.Invariant($"""What waited did not arrive within {evidence.Options.Drain.TotalSeconds} s (--drain-seconds): hub and ledger were still moving.""");
    }

    private static IEnumerable<string> Lanes(Evidence evidence, string device)
    {
        if (evidence.Hub.Devices.FirstOrDefault(one => string.Equals(one.Id, device, StringComparison.Ordinal)) is not { } uplink)
            yield break;
        long missing = uplink.Lanes.Sum(lane => lane.Missing);
        var entry = evidence.Ledger?.GetValueOrDefault(device);
        if (missing > 0 && missing > (entry?.DroppedInAll ?? 0))
        {
            yield return $"{device}: {missing} numbers never came, {entry?.DroppedInAll ?? 0} are in the ledger as dropped.";
            foreach (var lane in uplink.Lanes)
                foreach (var (first, last) in lane.MissingRanges.Take(ShownRanges))
                    yield return $"  {lane.Lane} {first}..{last} ({last - first + 1}): "
                        + $"{evidence.Lives.TellNearest(evidence.Book.TimeNear(device, KindOf(lane), first))}";
        }

        foreach (var lane in uplink.Lanes)
        {
            if (lane.Epochs.Count > 1)
                yield return $"{device} {lane.Lane}: the numbers came in {lane.Epochs.Count} epochs ({lane.Numbers}): a gateway that is "
                    + "killed goes on in its epoch.";
            if (lane.Counts.OutOfOrder > 0)
                yield return $"{device} {lane.Lane}: {lane.Counts.OutOfOrder} new numbers were lower than ones already seen.";
            if (lane.Counts.NotCompared > 0)
                yield return $"{device} {lane.Lane}: {lane.Counts.NotCompared} repeated numbers came too late to be compared.";
            if (lane.Counts.Conflicts == 0) continue;
            yield return $"{device} {lane.Lane}: {lane.Counts.Conflicts} numbers came again with other content.";
            foreach (var conflict in lane.ConflictsFound.Take(ShownRanges))
            {
                yield return $"  {lane.Lane} {conflict.Number}: {conflict.Sample}, in the hub's message {conflict.Message}, otherwise "
                    + $"than in {conflict.EarlierMessage}: "
                        + $"{evidence.Lives.TellNearest(evidence.Book.TimeNear(device, KindOf(lane), conflict.Number))}";
                yield return $"    {conflict.EarlierMessage}: {evidence.TextOf(conflict.EarlierMessage)}";
                yield return $"    {conflict.Message}: {evidence.TextOf(conflict.Message)}";
            }
        }
    }

    private static IEnumerable<string> Counts(Evidence evidence)
    {
        foreach (string twice in evidence.Book.Twice) yield return twice;
        foreach (var device in evidence.Book.Missing(evidence.Lives.All).Where(missing => missing.Count > missing.Allowed).GroupBy(
            missing => missing.Device, StringComparer.Ordinal))
        {
            // What the gateway dropped and says so is no loss unseen.
            long dropped = evidence.Ledger?.GetValueOrDefault(device.Key)?.DroppedInAll ?? 0;
            long lost = device.Sum(missing => missing.Count - missing.Allowed);
            if (lost <= dropped) continue;
            yield return $"{device.Key}: {lost} values were read and never came, beyond those under way at an end of the gateway; "
                + $"{dropped} are in the ledger as dropped.";
            foreach (var missing in device.Take(ShownRanges))
                yield return FormattableString.Invariant($"""  counts {missing.First}..{missing.Last} ({missing.Count}, {missing.Allowed} allowed), between {missing.After.ToLocalTime():HH:mm:ss.fff} and {missing.Before.ToLocalTime():HH:mm:ss.fff}: {evidence.Lives.TellBetween(missing.After, missing.Before)}""");
        }
    }

    private static IEnumerable<string> Ledger(Evidence evidence, string device)
    {
        if (evidence.Ledger is not { } ledger) yield break;
        if (!ledger.TryGetValue(device, out var entry))
        {
            yield return $"{device} is not in the ledger.";
            yield break;
        }

        if (!entry.IsBalanced) yield return $"{device}: the ledger is not balanced: {entry}.";
        if (!evidence.IsQuiet) yield break;
        long distinct = evidence.Hub.Devices.Where(one => string.Equals(one.Id, device, StringComparison.Ordinal)).Sum(
            one => one.Lanes.Sum(lane => lane.Counts.Samples));
        if (entry.Pending != 0) yield return $"{device}: {entry.Pending} samples are still pending: {entry}.";
        if (distinct != entry.Reported - entry.Filtered - entry.DroppedInAll)
            yield return $"{device}: the hub has {distinct} different samples, by the ledger it should have "
                + $"{entry.Reported - entry.Filtered - entry.DroppedInAll}: {entry}.";
        else if (distinct != entry.Acknowledged)
            yield return $"{device}: the hub has {distinct} different samples, the ledger {entry.Acknowledged} acknowledged: {entry}.";
    }

    private static UplinkLaneKind KindOf(LaneView lane) => lane.Lane is "live" ? UplinkLaneKind.Live : UplinkLaneKind.Backfill;
}
