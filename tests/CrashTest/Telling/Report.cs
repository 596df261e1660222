using System.Globalization;
using BridgeFramework.Processes;

namespace BridgeFramework.CrashTest;

/// <summary>The tables of a run.</summary>
internal static class Report
{
    public static async Task WriteAsync(Evidence evidence, HubTrouble trouble, TextWriter output)
    {
        await output.WriteLineAsync("\nEnds of the gateway");
        var kills = new TextTable("#", "how", "at", "after s", "phase", "ms to first value");
        foreach (var life in evidence.Lives.All.Where(life => life.Ended is not null))
        {
            kills.Add(
                life.Number, life.IsKilled ? "killed"
                    : "stopped", life.Ended?.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture),
                (life.Ended - life.Started)?.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture), life.Phase,
                // Of the life that followed: what the restart cost.
                evidence.Lives.All.FirstOrDefault(next => next.Number == life.Number + 1)?.ToFirstValue is { } first
                    ? first.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture) : "-");
        }

        await kills.WriteAsync(output);
        var troubles = trouble.History
            .GroupBy(entry => KindOf(entry.What), StringComparer.Ordinal).Select(group => $"{group.Key} {group.Count()} times");
        await output.WriteLineAsync(
            $"\nThe hub {(trouble.History.Count == 0 ? "was there all the time" : string.Join(", ", troubles))}.");

        await output.WriteLineAsync("\nSub-devices");
        var missingCounts = evidence.Book.Missing(evidence.Lives.All).ToLookup(missing => missing.Device, StringComparer.Ordinal);
        var lanes = new TextTable(
            "sub-device", "lane", "numbers", "samples", "repeated", "conflicts", "out of order", "missing", "messages", "compact", "counts",
                "lost", "allowed", "reported", "acknowledged", "pending", "dropped");
        foreach (string device in SceneFolder.SubDevices)
        {
            var entry = evidence.Ledger?.GetValueOrDefault(device);
            var uplink = evidence.Hub.Devices.FirstOrDefault(one => string.Equals(one.Id, device, StringComparison.Ordinal));
            string name = device;
            foreach (var lane in uplink?.Lanes ?? [])
            {
                bool isFirst = name.Length > 0;
                lanes.Add(
                    name, lane.Lane, lane.Numbers, lane.Counts.Samples, lane.Counts.Repeated, lane.Counts.Conflicts,
                        lane.Counts.OutOfOrder, lane.Missing,
                    lane.Counts.Messages, lane.Counts.Compact,
                    isFirst ? evidence.Book.CountOf(device) : "", isFirst ? missingCounts[device].Sum(missing => missing.Count) : "",
                    isFirst ? missingCounts[device].Sum(missing => Math.Min(missing.Count, missing.Allowed)) : "",
                    isFirst ? entry?.Reported : "", isFirst ? entry?.Acknowledged : "", isFirst ? entry?.Pending : "", isFirst
                        ? entry?.DroppedInAll : "");
                name = "";
            }
        }

        var total = evidence.Hub.Total;
        lanes.Add(
            "total", "", "", total.Samples, total.Repeated, total.Conflicts, total.OutOfOrder, evidence.Hub.Devices.Sum(
                device => device.Lanes.Sum(lane => lane.Missing)),
            total.Messages, total.Compact, SceneFolder.SubDevices.Sum(evidence.Book.CountOf),
            missingCounts.Sum(group => group.Sum(missing => missing.Count)), missingCounts.Sum(
                group => group.Sum(missing => Math.Min(missing.Count, missing.Allowed))),
            evidence.Ledger?.Values.Sum(entry => entry.Reported), evidence.Ledger?.Values.Sum(entry => entry.Acknowledged),
            evidence.Ledger?.Values.Sum(entry => entry.Pending), evidence.Ledger?.Values.Sum(entry => entry.DroppedInAll));
        await lanes.WriteAsync(output);
        await output.WriteLineAsync();
    }

    private static string KindOf(string what) =>
        what.StartsWith("freezes", StringComparison.Ordinal) ? "froze"
        : what.Contains("refuses", StringComparison.Ordinal) ? "closed the connection and refused the next"
        : "closed the connection";
}
