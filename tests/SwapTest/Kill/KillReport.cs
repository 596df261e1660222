using System.Globalization;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>The tables of a run with kills.</summary>
internal static class KillReport
{
    private const int ShownWord = 70;

    public static async Task WriteAsync(IReadOnlyList<KillCycle> cycles, NumberBook numbers, TextWriter output)
    {
        await output.WriteLineAsync("\nKills");
        var kills = new TextTable(
            "#", "came", "flaw", "arrived by", "killed", "on trial", "at work then", "s to first number", "in force at last", "last word");
        foreach (var cycle in cycles)
        {
            kills.Add(
                cycle.Number, $"{cycle.Version.Version}{(cycle.IsFirst ? " first" : "")}", cycle.Version.Flaw, cycle.Way, cycle.Aim,
                    cycle.WasOnTrial ? "yes" : "no", cycle.AtWork,
                Seconds(cycle.ToFirstNumber), cycle.InForce, cycle.LastWord.Length <= ShownWord ? cycle.LastWord
                    : cycle.LastWord[..ShownWord]);
        }

        await kills.WriteAsync(output);
        await output.WriteLineAsync("\nNumbers at the hub");
        var table = new TextTable("sub-device", "highest", "missing", "came twice");
        foreach (string device in SwapScene.Counting)
        {
            var sightings = numbers.Of(device);
            table.Add(device, sightings.Select(sighting => sighting.Number).DefaultIfEmpty().Max(), NumberBook.Missing(sightings, 0)
                .Sum(range => range.Last - range.First + 1), NumberBook.Doubled(sightings).Count());
        }

        await table.WriteAsync(output);
        await output.WriteLineAsync($"  Rule: {KillJudge.Rule}.");
        List<double> restarts =
            [.. cycles.Select(cycle => cycle.ToFirstNumber).OfType<TimeSpan>().Select(span => span.TotalSeconds).Order()];
        if (restarts.Count == 0) return;
        var (min, median, max) = (restarts[0], restarts[restarts.Count / 2], restarts[^1]);
        await output.WriteLineAsync(FormattableString.Invariant(
            $"\nSeconds from a restart to a number on every channel: min {min:F1}, median {median:F1}, max {max:F1}\n"));
    }

    private static string Seconds(TimeSpan? span) =>
        span is { } known ? known.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) : "-";
}
