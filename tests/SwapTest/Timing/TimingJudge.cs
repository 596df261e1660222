namespace BridgeFramework.SwapTest;

/// <summary>Says what is wrong with the channels that must not notice what is done to others.</summary>
internal static class TimingJudge
{
    private const int Shown = 5;
    private const int FreeStalls = 2;

    /// <summary>The rule, in words.</summary>
    /// <param name="doings">What is done to others.</param>
    public static string Rule(string doings) =>
        FormattableString.Invariant($"at most max({FreeStalls}, 2 * sqrt(all stalls)) more stalls with {doings} than without, ")
            + "for the same time: what the machine does by itself falls on both alike";

    public static IEnumerable<string> Judgement(IReadOnlyList<SlotRun> slots, IReadOnlyList<Stretch> stretches, IReadOnlyList<LogLine> log)
    {
        foreach (var channel in SwapScene.TimingChannels)
        {
            int runs = slots.Count(run => string.Equals(run.Channel, channel, StringComparison.Ordinal));
            if (runs != 1) yield return $"Channel {channel}, to which nothing was done, ran {runs} times: it was stopped.";
        }

        var (busy, quiet) = (Timekeeping.Of(slots, stretches, isBusy: true), Timekeeping.Of(slots, stretches, isBusy: false));
        if (busy.Slots == 0 || quiet.Slots == 0)
        {
            yield return "No slots were written down.";
            yield break;
        }

        double expected = quiet.Stalls.Count * (busy.Duration / quiet.Duration);
        double allowed = expected + Math.Max(FreeStalls, 2 * Math.Sqrt(busy.Stalls.Count + expected));
        if (busy.Stalls.Count <= allowed) yield break;
        yield return FormattableString.Invariant($"""Slots were late or left out in {busy.Stalls.Count} moments while something was done, where {expected:F1} are expected from the time in between and {allowed:F1} are allowed. The worst:""");
        foreach (var stall in busy.Stalls.OrderByDescending(stall => stall.Worst).Take(Shown))
            yield return FormattableString.Invariant($"""  {stall.At.ToLocalTime():HH:mm:ss.fff}, {stall.Channels} channels, {stall.Worst.TotalMilliseconds:F0} ms, after{log.LastOrDefault(line => line.At <= stall.At + stall.Worst)?.Text}""");
    }
}
