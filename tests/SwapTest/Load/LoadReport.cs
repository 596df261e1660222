using System.Globalization;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>The tables of a run under load.</summary>
internal static class LoadReport
{
    public static async Task WriteAsync(LoadEvidence evidence, TextWriter output)
    {
        await output.WriteLineAsync("\nSwaps");
        var swaps = new TextTable("version", "flaw", "arrives by", "s to take-over", "gap ms", "gap back ms", "became", "reason");
        foreach (var swap in evidence.Swaps)
        {
            swaps.Add(
                swap.Version.Version, swap.Version.Flaw, swap.Way, Seconds(swap.TookOver - swap.Dropped), Worst(swap.Gaps), Worst(
                    swap.GapsBack),
                swap.Decided is null ? "undecided" : swap.Passed ? "in force"
                    : "rolled back", evidence.Book.ReasonFor(swap.Version.Version));
        }

        await swaps.WriteAsync(output);

        await TimingReport.WriteAsync(evidence.Slots, evidence.Stretches, "swaps", output);

        await output.WriteLineAsync("\nGaps of the channels that moved, ms");
        var gaps = new TextTable("", "channels", "min", "median", "max");
        Add(gaps, "a new version takes over", evidence.Swaps.SelectMany(swap => swap.Gaps));
        Add(gaps, "the old one comes back", evidence.Swaps.Where(swap => swap.Version.Flaw is not Flaw.Hangs).SelectMany(
            swap => swap.GapsBack));
        Add(gaps, "the old one comes back from one that hangs", evidence.Swaps.Where(swap => swap.Version.Flaw is Flaw.Hangs).SelectMany(
            swap => swap.GapsBack));
        await gaps.WriteAsync(output);

        await output.WriteLineAsync("\nNumbers at the hub");
        var numbers = new TextTable("sub-device", "highest", "stored", "missing", "doubled", "versions");
        foreach (var (device, sightings) in evidence.Numbers)
        {
            numbers.Add(
                device, sightings.Select(sighting => sighting.Number).DefaultIfEmpty().Max(), evidence.Stored[device],
                NumberBook.Missing(sightings, evidence.Stored[device]).Sum(range => range.Last - range.First + 1),
                    NumberBook.Doubled(sightings).Count(),
                sightings.Select(sighting => sighting.Version).Distinct(StringComparer.Ordinal).Count());
        }

        await numbers.WriteAsync(output);
        var memory = evidence.Memory.Select(mark => FormattableString.Invariant($"{mark.Megabytes:F1} after {mark.Swaps} swaps"));
        await output.WriteLineAsync($"\nResident memory of the gateway, MB: {string.Join(", ", memory)}\n");
    }

    private static void Add(TextTable table, string what, IEnumerable<double> gaps)
    {
        List<double> sorted = [.. gaps.Order()];
        if (sorted.Count > 0) table.Add(what, sorted.Count, sorted[0], sorted[sorted.Count / 2], sorted[^1]);
    }

    private static string Worst(IReadOnlyList<double> gaps) =>
        gaps.Count == 0 ? "-" : gaps.Max().ToString("F0", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan? span) =>
        span is { } known ? known.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) : "-";
}
