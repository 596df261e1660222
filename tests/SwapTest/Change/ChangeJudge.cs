using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>Says what is wrong with samples and sub-devices after changes.</summary>
internal static class ChangeJudge
{
    /// <summary>What the gateway did at the hub between two plans that it should not have done, or did not and should have.</summary>
    /// <param name="from">The plan before.</param>
    /// <param name="to">The plan after.</param>
    /// <param name="reconnects">Whether it had to connect anew in between.</param>
    /// <param name="operations">What it did.</param>
    public static IEnumerable<string> Operations(
        RosterPlan from, RosterPlan to, bool reconnects, IReadOnlyList<HubOperation> operations)
    {
        foreach (string device in from.Online.Union(to.Online, StringComparer.Ordinal))
        {
            var (was, stays) = (from.Online.Contains(device), to.Online.Contains(device));
            int online = Count("online");
            int offline = Count("offline");
            if (stays && offline > 0) yield return $"{device} was taken offline {offline} times, and the plan names it.";
            if (was && stays && online > 0 && !reconnects) yield return $"{device} was online and was taken online again.";
            if (was && stays && online == 0 && reconnects) yield return $"{device} was not taken online after the new connection.";
            if (!was && online != 1 && !reconnects) yield return $"{device} came and was taken online {online} times.";
            if (!stays && offline != 1) yield return $"{device} left and was taken offline {offline} times.";

            int Count(string type) => operations.Count(one => one.Device == device && one.Type == type);
        }
    }

    /// <summary>Samples that are missing at the hub, came otherwise than before, or in another epoch.</summary>
    public static IEnumerable<string> Uplink(UplinkView uplink)
    {
        foreach (var device in uplink.Devices)
            foreach (var lane in device.Lanes.Where(lane =>
                lane.Missing > 0 || lane.Counts.Conflicts > 0 || lane.Counts.OutOfOrder > 0 || lane.Epochs.Count > 1))
                yield return $"{device.Id} {lane.Lane}: {lane.Missing} samples are missing, {lane.Counts.Conflicts} came again with "
                    + $"other content, {lane.Counts.OutOfOrder} out of order; numbers {lane.Numbers}.";
    }

    /// <summary>Sub-devices of which the ledger does not say what became of all samples, or that some were given up.</summary>
    public static IEnumerable<string> Ledger(IReadOnlyDictionary<string, LedgerEntry>? ledger, string fault)
    {
        if (ledger is null) return [$"There is no ledger: {fault}"];
        return ledger.Where(pair => !pair.Value.IsBalanced || pair.Value.DroppedInAll > 0).Select(pair => $"{pair.Key}: {pair.Value}");
    }
}
