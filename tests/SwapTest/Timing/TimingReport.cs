using System.Globalization;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>The table of how the channels kept time that must not notice what is done to others.</summary>
internal static class TimingReport
{
    /// <param name="slots">What they wrote down.</param>
    /// <param name="stretches">When something was done to others, and when not.</param>
    /// <param name="doings">What was done.</param>
    /// <param name="output">Where the table goes.</param>
    public static async Task WriteAsync(
        IReadOnlyList<SlotRun> slots, IReadOnlyList<Stretch> stretches, string doings, TextWriter output)
    {
        double slot = SwapScene.Slot.TotalMilliseconds;
        await output.WriteLineAsync(FormattableString.Invariant(
            $"\nSlots of {SwapScene.Metronomes} channels of another plugin, one every {slot} ms: ms from due to start"));
        var timing = new TextTable(
            "", "s", "slots", "p50", "p99", "p99.9", "max", $"beyond {Timekeeping.Limit.TotalMilliseconds:F0}", "left out", "stalls");
        foreach (bool isBusy in new[] { true, false })
        {
            var kept = Timekeeping.Of(slots, stretches, isBusy);
            timing.Add(
                isBusy ? $"with {doings}" : "without", kept.Duration.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture), kept.Slots,
                Milliseconds(kept.Quantile(0.5)), Milliseconds(kept.Quantile(0.99)), Milliseconds(kept.Quantile(0.999)),
                Milliseconds(kept.Worst), kept.Late, kept.LeftOut, kept.Stalls.Count);
        }

        await timing.WriteAsync(output);
        await output.WriteLineAsync($"  Rule: {TimingJudge.Rule(doings)}.");
    }

    private static string Milliseconds(TimeSpan span) => span.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
}
