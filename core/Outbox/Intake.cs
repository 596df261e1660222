namespace BridgeFramework.Outbox;

/// <summary>The way in: which lane a record goes to, whether there is room for it, and which numbers its items get.</summary>
/// <remarks>Used under the outbox's lock.</remarks>
internal sealed class Intake(BoundsInForce bounds, OutboxLog log, LogWriter writer, Retention retention, OutboxClock clock)
{
    /// <summary>Takes a record in, or counts it as refused.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="kind">The lane; null for the one that suits its owner now.</param>
    /// <param name="record">The record.</param>
    /// <param name="items">How many items it holds.</param>
    /// <param name="filtered">How many more were reported with them and found not worth sending.</param>
    public AppendResult Append(OwnerState owner, LaneKind? kind, ReadOnlySpan<byte> record, int items, int filtered)
    {
        owner.Reported += filtered;
        owner.Filtered += filtered;
        var lane = owner.Lanes[(int)(kind ?? KindFor(owner))];
        if ((owner.HasLeft ? DropReason.Removed : retention.MakeRoom(owner, record.Length)) is { } refused)
        {
            Refuse(owner, items, refused);
            return new AppendResult(lane.Lane.Kind, 0, refused);
        }

        owner.Reported += items;
        if (log.Active.IsFile && lane.Next + items > lane.Reserved) log.Rotate(sync: true);
        long sequence = writer.Append(lane, record, items, clock.Now, sync: bounds.Options.CommitInterval == TimeSpan.Zero);
        return new AppendResult(lane.Lane.Kind, sequence, Refused: null);
    }

    /// <summary>Counts items that were not worth sending.</summary>
    public void Filter(OwnerState owner, int items)
    {
        owner.Reported += items;
        owner.Filtered += items;
        writer.Account(owner);
    }

    /// <summary>Counts items that are not taken.</summary>
    public void Refuse(OwnerState owner, int items, DropReason reason)
    {
        owner.Reported += items;
        owner.Refused[(int)reason] += items;
        writer.Account(owner);
    }

    private LaneKind KindFor(OwnerState owner) =>
        owner.Lanes[(int)LaneKind.Live].OldestAge(clock.Now) > bounds.Options.LiveFor ? LaneKind.Backfill : LaneKind.Live;
}
