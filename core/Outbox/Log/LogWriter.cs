namespace BridgeFramework.Outbox;

/// <summary>Writes what happens to owners and lanes to the log, and does it to them. What <see cref="LogRecovery"/> reads.</summary>
/// <remarks>Used under the outbox's lock.</remarks>
internal sealed class LogWriter(OutboxLog log)
{
    private const int MostAround = 128; // bytes of a frame around its record
    private readonly FrameWriter _writer = new();

    /// <summary>Adds a record at the end of a lane.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="record">The record.</param>
    /// <param name="items">How many items it holds.</param>
    /// <param name="now">The time on the outbox's clock.</param>
    /// <param name="sync">Whether it has to be proof against a power cut when this returns.</param>
    /// <returns>The number of its first item.</returns>
    public long Append(LaneState lane, ReadOnlySpan<byte> record, int items, long now, bool sync)
    {
        long sequence = lane.Next;
        log.MakeRoom(record.Length + MostAround);
        while (true)
        {
            int epoch = log.Epoch.Number;
            var frame = _writer.Begin(FrameKind.Append).Number(lane.Number).Number(epoch).Number(sequence).Number(items).Number(now)
                .Number(lane.Owner.Reported).Number(lane.Owner.Filtered).Bytes(record).End();
            if (log.TryWrite(frame, sync) is not { } offset) continue; // in memory, where nothing fails, and in another epoch
            lane.Add(log.Active, new RecordPlace(offset, frame.Length, sequence, items, now, epoch));
            return sequence;
        }
    }

    /// <summary>The front of a lane has arrived.</summary>
    public void Acknowledge(LaneState lane, long until)
    {
        lane.Acknowledge(until);
        log.Write(_writer.Begin(FrameKind.Acknowledged).Number(lane.Number).Number(until).Number(lane.Acknowledged).End());
    }

    /// <summary>The front of a lane is given up.</summary>
    /// <returns>How many items.</returns>
    public long GiveUp(LaneState lane, long until, DropReason reason)
    {
        long items = lane.GiveUp(until, reason);
        log.Write(_writer.Begin(FrameKind.Dropped).Number(lane.Number).Number(until).Number((int)reason).Numbers(lane.Dropped).End());
        return items;
    }

    /// <summary>Writes down how the account of an owner stands now.</summary>
    public void Account(OwnerState owner) => log.Write(_writer.Begin(FrameKind.Account)
        .Number(owner.Lanes[0].Number).Number(owner.Reported).Number(owner.Filtered).Numbers(owner.Refused).End());

    /// <summary>Writes down that an owner has left.</summary>
    public void Leave(OwnerState owner) => log.Write(_writer.Begin(FrameKind.Left).Number(owner.Lanes[0].Number).End());

    /// <summary>Writes down that the outbox is closed in good order, and makes all of it safe.</summary>
    public void Close(long now)
    {
        // What is younger than the commit interval may be in a segment before the newest, and nobody looks after it from here on.
        foreach (var (segment, _) in log.Unsynced(since: now)) log.Sync(segment);
        log.Write(_writer.Begin(FrameKind.Closed).End());
        if (log.Active.IsFile) log.Sync(log.Active);
        if (log.Table is { } table) table.Write(table.TakeFinal());
    }
}
