namespace BridgeFramework.SwapTest;

/// <summary>A moment in which slots were late or left out, of one channel or of many: what ten channels
/// suffer at once has one cause.</summary>
/// <param name="At">When the first of them was due.</param>
/// <param name="Channels">How many channels.</param>
/// <param name="Worst">The longest lateness.</param>
internal sealed record Stall(DateTimeOffset At, int Channels, TimeSpan Worst);

/// <summary>How the channels kept time in the stretches of one kind.</summary>
internal sealed record Timekeeping
{
    /// <summary>Slots that come closer than this one after another belong to one stall.</summary>
    private static readonly TimeSpan OneStall = TimeSpan.FromMilliseconds(150);

    /// <summary>A slot that starts later than this counts as late.</summary>
    public static TimeSpan Limit { get; } = SwapScene.Slot / 2;

    public required TimeSpan Duration { get; init; }
    public required int Slots { get; init; }
    public required int Late { get; init; }
    public required int LeftOut { get; init; }
    public required IReadOnlyList<Stall> Stalls { get; init; }

    /// <summary>The latenesses, sorted.</summary>
    public required IReadOnlyList<TimeSpan> Sorted { get; init; }

    public TimeSpan Worst => Sorted.Count > 0 ? Sorted[^1] : TimeSpan.Zero;

    public TimeSpan Quantile(double share) =>
        Sorted.Count > 0 ? Sorted[(int)Math.Min(Sorted.Count - 1, Math.Floor(share * Sorted.Count))] : TimeSpan.Zero;

    /// <summary>How they kept time in the stretches in which something was done, or in the others.</summary>
    public static Timekeeping Of(IReadOnlyList<SlotRun> runs, IReadOnlyList<Stretch> all, bool isBusy)
    {
        List<Stretch> stretches = [.. all.Where(stretch => stretch.IsBusy == isBusy)];
        List<Slot> slots = [.. runs.SelectMany(run => run.Slots)
            .Where(slot => stretches.Any(stretch => slot.Due >= stretch.Begin && slot.Due < stretch.End))];
        List<Slot> leftOut = [.. runs.SelectMany(run => run.LeftOut.Where(due => stretches.Any(stretch => due >= stretch.Begin
            && due < stretch.End)).Select(due => new Slot(run.Channel, due, SwapScene.Slot)))];
        List<Slot> late = [.. slots.Where(slot => slot.Late > Limit)];
        return new Timekeeping
        {
            Duration = stretches.Aggregate(TimeSpan.Zero, (sum, stretch) => sum + (stretch.End - stretch.Begin)),
            Slots = slots.Count,
            Late = late.Count,
            LeftOut = leftOut.Count,
            Stalls = StallsOf([.. late.Concat(leftOut).OrderBy(slot => slot.Due)]),
            Sorted = [.. slots.Select(slot => slot.Late).Order()],
        };
    }

    private static List<Stall> StallsOf(IReadOnlyList<Slot> slots)
    {
        List<Stall> stalls = [];
        for (int first = 0, next; first < slots.Count; first = next)
        {
            for (next = first + 1; next < slots.Count && slots[next].Due - slots[next - 1].Started < OneStall; next++)
            {
            }

            var together = slots.Skip(first).Take(next - first).ToList();
            stalls.Add(new Stall(together[0].Due, together.Select(slot => slot.Channel).Distinct(StringComparer.Ordinal).Count(),
                together.Max(slot => slot.Late)));
        }

        return stalls;
    }
}
