using System.Globalization;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>The table of changes.</summary>
internal static class ChangeReport
{
    public static async Task WriteAsync(IReadOnlyList<ChangeRecord> changes, TextWriter output)
    {
        await output.WriteLineAsync("\nChanges, ms from the signal, median / most");
        var table = new TextTable("kind", "changes", "decided", "plan and hub agree", "first value of what came");
        foreach (var kind in changes.GroupBy(change => change.Step.Kind))
            table.Add(
                kind.Key, kind.Count(), Spread(kind.Select(change => (TimeSpan?)change.Decided)),
                Spread(kind.Select(change => change.Agreed)), Spread(kind.Select(change => change.FirstValue)));
        table.Add("all", changes.Count, Spread(changes.Select(change => (TimeSpan?)change.Decided)), "", Spread(changes
            .Where(change => change.Step.Kind is ChangeKind.DeviceAdded or ChangeKind.DeviceAddedLive or ChangeKind.ChannelAdded)
            .Select(change => change.FirstValue)));
        await table.WriteAsync(output);
    }

    private static string Spread(IEnumerable<TimeSpan?> spans)
    {
        List<double> sorted = [.. spans.OfType<TimeSpan>().Select(span => span.TotalMilliseconds).Order()];
        return sorted.Count == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Count / 2]:F0} / {sorted[^1]:F0}");
    }
}
