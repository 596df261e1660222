namespace BridgeFramework.Outbox;

/// <summary>The way out: whose turn it is, and what becomes of what was taken. Used under the outbox's lock.</summary>
internal sealed class Outlet(LaneBook book, OutboxLog log, LogWriter writer, Drops drops, Roster roster, ReadyLanes ready)
{
    /// <summary>Takes the front of the lane whose turn it is.</summary>
    /// <param name="kind">Of lanes of which kind.</param>
    /// <param name="settle">Settles the batch.</param>
    /// <param name="maxRecords">How many records of an owner at most; of one with 0 nothing is taken until its lane is offered
    /// again.</param>
    /// <param name="maxBytes">How many bytes at most; one record in any case.</param>
    public OutboxBatch? Take(LaneKind kind, Action<OutboxBatch, int, DropReason?> settle, Func<string, int> maxRecords, int maxBytes)
    {
        while (ready.TryNext(kind, out var lane))
        {
            int most = maxRecords(lane.Lane.Owner);
            if (most <= 0) continue;
            if (new BatchReader(log.Indexes, drops, lane, book.Epochs).Read(settle, most, maxBytes) is { } batch) return batch;
            ready.Offer(lane); // what stands behind that which could not be read
        }

        return null;
    }

    /// <summary>Settles a batch: its first items have arrived, or are given up for a reason.</summary>
    public void Settle(OutboxBatch batch, int items, DropReason? drop)
    {
        if (!book.TryFind(batch.Lane.Owner, out var owner)) return;
        var lane = owner.Lanes[(int)batch.Lane.Kind];
        long until = batch.FirstSequence + items;
        lane.OutUntil = 0;
        if (items > 0 && drop is { } reason) drops.GiveUp(lane, until, reason);
        else if (items > 0) writer.Acknowledge(lane, until);
        if (owner.HasLeft) roster.GiveUp(owner); // what did not arrive
        ready.Offer(lane);
    }

    /// <summary>Lets the records of an owner be taken, or keeps them back.</summary>
    public void SetOpen(string name, bool open)
    {
        if (!open && !book.TryFind(name, out _)) return;
        var owner = roster.Find(name);
        owner.IsOpen = open && !owner.HasLeft;
        foreach (var lane in owner.Lanes) ready.Offer(lane);
    }
}
