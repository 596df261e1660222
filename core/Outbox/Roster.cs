namespace BridgeFramework.Outbox;

/// <summary>Who has lanes: owners come, leave, and at last are forgotten.</summary>
/// <remarks>
/// One that has left keeps its numbers, so that they go on if it is back; but over the years there would be ever more of those in each
/// snapshot. So the oldest are forgotten now and then, and always together with the epoch: the snapshot that does not know them any more is
/// the one that begins another. Used under the outbox's lock.
/// </remarks>
internal sealed class Roster(LaneBook book, OutboxLog log, LogWriter writer, Drops drops, int mostLeft)
{
    /// <summary>An owner; a new one where it is not known.</summary>
    /// <exception cref="ArgumentException">It has no name, or one that is too long.</exception>
    public OwnerState Find(string? name)
    {
        if (book.TryFind(name ?? "", out var owner)) return owner;
        owner = book.Add(name);
        WriteDown();
        return owner;
    }

    /// <summary>Makes owners known, and has those be back that had left.</summary>
    /// <exception cref="ArgumentException">One has no name, or one that is too long.</exception>
    public void Add(IEnumerable<string> names)
    {
        bool any = false;
        foreach (string name in names)
        {
            if (!book.TryFind(name, out var owner)) book.Add(name);
            else if (owner.HasLeft) book.Return(owner);
            else continue;
            any = true;
        }

        if (any) WriteDown();
    }

    /// <summary>Has an owner leave, with all of it that waits.</summary>
    public void Remove(string name)
    {
        if (!book.TryFind(name, out var owner) || owner.HasLeft) return;
        book.Leave(owner);
        writer.Leave(owner); // before the drops: what a killed process leaves undone is done at the next start
        GiveUp(owner);
    }

    /// <summary>Gives up what waits of an owner that has left, but for what is under way.</summary>
    public void GiveUp(OwnerState owner)
    {
        foreach (var lane in owner.Lanes)
            if (!lane.IsOut && lane.Parts.Count > 0) drops.GiveUp(lane, lane.Parts[^1].End, DropReason.Removed);
    }

    /// <summary>Gives up what an earlier process could not, or had under way.</summary>
    public void CompleteRemovals()
    {
        foreach (var owner in book.Owners.Where(owner => owner is { HasLeft: true, IsDrained: false })) GiveUp(owner);
    }

    /// <summary>With the snapshot of a new segment, so that numbers are reserved before one is sent.</summary>
    private void WriteDown()
    {
        if (book.ForgetLeft(mostLeft)) book.Epochs.Begin();
        log.Rotate(sync: true);
    }
}
