namespace BridgeFramework.Outbox;

/// <summary>Keeps an outbox within its bounds: decides what is given up. Used under the outbox's lock.</summary>
/// <param name="options">The bounds.</param>
/// <param name="book">The lanes.</param>
/// <param name="log">The segments.</param>
/// <param name="drops">Gives up.</param>
internal sealed class Retention(OutboxOptions options, LaneBook book, OutboxLog log, Drops drops)
{
    /// <summary>Makes room for a record.</summary>
    /// <returns>Why there is none; null if there is.</returns>
    public DropReason? MakeRoom(OwnerState owner, int length)
    {
        long most = Math.Min(Math.Min(options.MaxOwnerBytes, options.MaxBytes), options.EffectiveSegmentBytes / 2);
        if (length > most) return DropReason.TooLarge;
        bool mayDrop = options.WhenFull(owner.Name) == WhenFull.DropOldest;
        while (owner.Bytes + length > options.MaxOwnerBytes)
        {
            if (mayDrop && DropOldest(owner, DropReason.OwnerFull)) continue;
            // What is under way is not given up: for the time being there is a quarter more.
            if (!mayDrop || owner.Bytes + length > options.MaxOwnerBytes + (options.MaxOwnerBytes / 4)) return DropReason.OwnerFull;
            break;
        }

        while (book.Bytes + length > options.MaxBytes)
        {
            if (!mayDrop) return DropReason.OutboxFull;
            // Whoever holds most makes room.
            if (DropOldest(book.Owners.MaxBy(each => each.Bytes)!, DropReason.OutboxFull)) continue; // there is this owner
            if (book.Bytes + length > options.MaxBytes + (options.MaxBytes / 4)) return DropReason.OutboxFull;
            break;
        }

        while (log.Trouble is not null && log.MemoryBytes + length > options.MaxMemoryBytes)
            if (!mayDrop || !DropOldestMemory()) return DropReason.OutboxFull;
        return null;
    }

    /// <summary>Gives up what has waited for too long, and whole segments where files take more than they may.</summary>
    public void Tend(long now)
    {
        long before = now - (long)options.MaxAge.TotalMilliseconds;
        foreach (var lane in book.Lanes)
            while (!lane.IsOut && lane.Parts.Count > 0 && lane.Parts[0].LastTime < before)
                drops.GiveUp(lane, lane.Parts[0].End, DropReason.Expired);
        if (log.StoredBytes <= options.MaxStoredBytes) return;
        if (log.Segments.FirstOrDefault(segment => segment != log.Active && segment.Parts.Count > 0) is { } oldest) DropAll(oldest);
    }

    /// <summary>Gives up what has waited longest: of the backfill first, for it is the older.</summary>
    private bool DropOldest(OwnerState owner, DropReason reason) =>
        DropOldest(owner.Lanes[(int)LaneKind.Backfill], reason) || DropOldest(owner.Lanes[(int)LaneKind.Live], reason);

    private bool DropOldest(LaneState lane, DropReason reason)
    {
        if (lane.IsOut || lane.Parts.Count == 0) return false;
        // Record by record where it is known where they are; else all that the segment has of the lane.
        drops.GiveUp(lane, lane.Parts[0].PlaceOf(lane.Front)?.End ?? lane.Parts[0].End, reason);
        return true;
    }

    private bool DropOldestMemory()
    {
        foreach (var oldest in log.Segments.Where(segment => !segment.IsFile && segment != log.Active).ToList())
        {
            DropAll(oldest);
            log.Forget(oldest);
            if (oldest.Parts.Count == 0) return true; // else something of it is under way, and the next one has to do
        }

        if (log.Active.Length < options.MaxMemoryBytes / 4) return false;
        log.StartInMemory();
        return true;
    }

    private void DropAll(Segment segment)
    {
        foreach (var (number, part) in segment.Parts.ToList())
            if (book.Find(number) is { IsOut: false } lane) drops.GiveUp(lane, part.End, DropReason.OutboxFull);
    }
}
