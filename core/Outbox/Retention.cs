namespace BridgeFramework.Outbox;

/// <summary>Keeps an outbox within its bounds: decides what is given up. Used under the outbox's lock.</summary>
/// <param name="bounds">The bounds.</param>
/// <param name="book">The lanes.</param>
/// <param name="log">The segments.</param>
/// <param name="drops">Gives up.</param>
internal sealed class Retention(BoundsInForce bounds, LaneBook book, OutboxLog log, Drops drops)
{
    private bool _isOver; // more waits than may

    private OutboxOptions Options => bounds.Options;

    /// <summary>Goes by other bounds: what is over them is given up, and what of it is under way when it is not any more.</summary>
    /// <exception cref="ArgumentException">Something is out of range; nothing has changed.</exception>
    public void Apply(OutboxOptions options)
    {
        OutboxOptions.Validate(options);
        bounds.Options = options;
        _isOver = Shrink();
    }

    /// <summary>Makes room for a record.</summary>
    /// <returns>Why there is none; null if there is.</returns>
    public DropReason? MakeRoom(OwnerState owner, int length)
    {
        long most = Math.Min(Math.Min(Options.MaxOwnerBytes, Options.MaxBytes), Options.EffectiveSegmentBytes / 2);
        if (length > most) return DropReason.TooLarge;
        bool mayDrop = Options.WhenFull(owner.Name) == WhenFull.DropOldest;
        while (owner.Bytes + length > Options.MaxOwnerBytes)
        {
            if (mayDrop && DropOldest(owner, DropReason.OwnerFull)) continue;
            // What is under way is not given up: for the time being there is a quarter more.
            if (!mayDrop || owner.Bytes + length > Options.MaxOwnerBytes + (Options.MaxOwnerBytes / 4)) return DropReason.OwnerFull;
            break;
        }

        while (book.Bytes + length > Options.MaxBytes)
        {
            if (!mayDrop) return DropReason.OutboxFull;
            // Whoever holds most makes room.
            if (DropOldest(book.Owners.MaxBy(each => each.Bytes)!, DropReason.OutboxFull)) continue; // there is this owner
            if (book.Bytes + length > Options.MaxBytes + (Options.MaxBytes / 4)) return DropReason.OutboxFull;
            break;
        }

        while (log.Trouble is not null && log.MemoryBytes + length > Options.MaxMemoryBytes)
            if (!mayDrop || !DropOldestMemory()) return DropReason.OutboxFull;
        return null;
    }

    /// <summary>Gives up what has waited for too long, and whole segments where files take more than they may.</summary>
    public void Tend(long now)
    {
        long before = now - (long)Options.MaxAge.TotalMilliseconds;
        foreach (var lane in book.Lanes)
            while (!lane.IsOut && lane.Parts.Count > 0 && lane.Parts[0].LastTime < before)
                drops.GiveUp(lane, lane.Parts[0].End, DropReason.Expired);
        if (_isOver) _isOver = Shrink();
        if (log.StoredBytes <= Options.MaxStoredBytes) return;
        if (log.Segments.FirstOrDefault(segment => segment != log.Active && segment.Parts.Count > 0) is { } oldest) DropAll(oldest);
    }

    /// <summary>Gives up what is over the bounds.</summary>
    /// <returns>Whether some of it is left, because it is under way.</returns>
    private bool Shrink()
    {
        bool isLeft = false;
        // Whose beginning is worth more keeps what it has; only nothing is added.
        foreach (var owner in book.Owners.Where(owner => Options.WhenFull(owner.Name) == WhenFull.DropOldest))
        {
            while (owner.Bytes > Options.MaxOwnerBytes && DropOldest(owner, DropReason.OwnerFull, owner.Bytes - Options.MaxOwnerBytes))
            {
                // The next one.
            }

            isLeft |= owner.Bytes > Options.MaxOwnerBytes;
        }

        // Whoever holds most makes room.
        var byBytes = new PriorityQueue<OwnerState, long>(book.Owners.Select(owner => (owner, -owner.Bytes)));
        while (book.Bytes > Options.MaxBytes && byBytes.TryDequeue(out var owner, out _))
            if (DropOldest(owner, DropReason.OutboxFull, book.Bytes - Options.MaxBytes)) byBytes.Enqueue(owner, -owner.Bytes);

        return isLeft || book.Bytes > Options.MaxBytes;
    }

    /// <summary>Gives up what has waited longest: of the backfill first, for it is the older.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="reason">Why.</param>
    /// <param name="excess">Bytes that have to go: up to so many, all that a segment has of a lane goes at once.</param>
    private bool DropOldest(OwnerState owner, DropReason reason, long excess = 0) =>
        DropOldest(owner.Lanes[(int)LaneKind.Backfill], reason, excess) || DropOldest(owner.Lanes[(int)LaneKind.Live], reason, excess);

    private bool DropOldest(LaneState lane, DropReason reason, long excess)
    {
        if (lane.IsOut || lane.Parts.Count == 0) return false;
        var part = lane.Parts[0];
        // Record by record where it is known where they are; else all that the segment has of the lane.
        var first = part.Bytes > excess ? part.PlaceOf(lane.Front) : null;
        drops.GiveUp(lane, first?.End ?? part.End, reason);
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

        if (log.Active.Length < Options.MaxMemoryBytes / 4) return false;
        log.StartInMemory();
        return true;
    }

    private void DropAll(Segment segment)
    {
        foreach (var (number, part) in segment.Parts.ToList())
            if (book.Find(number) is { IsOut: false } lane) drops.GiveUp(lane, part.End, DropReason.OutboxFull);
    }
}
