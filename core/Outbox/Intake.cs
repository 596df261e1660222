namespace BridgeFramework.Outbox;

/// <summary>The way in: which lane a record goes to, whether there is room for it, and which numbers its items get.</summary>
/// <remarks>Used under the outbox's lock.</remarks>
internal sealed class Intake(OutboxOptions options, OutboxLog log, LogWriter writer, Retention retention, OutboxClock clock)
{
    /// <summary>Takes a record in, or counts it as refused.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="kind">The lane; null for the one that suits its owner now.</param>
    /// <param name="record">The record.</param>
    /// <param name="items">How many items it holds.</param>
    /// <param name="filtered">How many more were reported with them and found not worth sending.</param>
    public AppendResult Append(OwnerState owner, LaneKind? kind, ReadOnlySpan<byte> record, int items, int filtered)
    {
        owner.Reported += items + filtered;
        owner.Filtered += filtered;
        var lane = owner.Lanes[(int)(kind ?? KindFor(owner))];
        if (retention.MakeRoom(owner, record.Length) is { } refused)
        {
            owner.Refused[(int)refused] += items;
            writer.Account(owner);
            return new AppendResult(lane.Lane.Kind, 0, refused);
        }

        if (log.Active.IsFile && lane.Next + items > lane.Reserved) log.Rotate(sync: true);
        long sequence = writer.Append(lane, record, items, clock.Now, sync: options.CommitInterval == TimeSpan.Zero);
        return new AppendResult(lane.Lane.Kind, sequence, Refused: null);
    }

    /// <summary>Counts items that were not worth sending.</summary>
    public void Filter(OwnerState owner, int items)
    {
        owner.Reported += items;
        owner.Filtered += items;
        writer.Account(owner);
    }

    private LaneKind KindFor(OwnerState owner) =>
        owner.Lanes[(int)LaneKind.Live].OldestAge(clock.Now) > options.LiveFor ? LaneKind.Backfill : LaneKind.Live;
}
