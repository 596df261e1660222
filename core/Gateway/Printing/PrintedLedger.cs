using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BridgeFramework.Gateway;

/// <summary>The ledger, for an operator's eyes.</summary>
internal static class PrintedLedger
{
    public static IEnumerable<IRenderable> Of(LedgerView ledger)
    {
        if (ledger.Devices.Count == 0)
        {
            yield return new Markup("No sub-device has ever reported anything.\n");
            yield break;
        }

        var table = new MarkedTable("sub-device", "reported", "acknowledged", "pending", "oldest", "filtered", "dropped");
        foreach (var entry in ledger.Devices)
            Add(table, entry.Ok, NameOf(entry), entry);
        Add(table, ok: true, "total", ledger.Total);
        yield return table;
        yield return new Markup("\nIn samples: reported = acknowledged + pending + filtered + dropped. Acknowledged means that the hub "
            + "took the message;\nwhat its rules did with it is theirs to tell.\n");
    }

    private static string NameOf(LedgerEntry entry) => entry switch
    {
        { Configured: true } => entry.Id ?? "",
        { Leaving: true } => $"{entry.Id} (leaving)",
        _ => $"{entry.Id} (not configured)",
    };

    private static void Add(MarkedTable table, bool ok, string name, LedgerEntry entry)
    {
        string oldest = entry.OldestAge is { } age ? Words.For(age) : "";
        table.Add(
            ok, name, Text(entry.Reported), Text(entry.Acknowledged), Text(entry.Pending), oldest, Text(entry.Filtered), Drops(entry));
    }

    private static string Drops(LedgerEntry entry) =>
        entry.Dropped.Count == 0 ? "0"
            : $"{Text(entry.DroppedInAll)} ({string.Join(", ", entry.Dropped.Select(drop => $"{drop.Key} {Text(drop.Value)}"))})";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
