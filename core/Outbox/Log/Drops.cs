namespace BridgeFramework.Outbox;

/// <summary>Gives up what cannot stay, under the outbox's lock, and tells of it when the lock is free again.</summary>
internal sealed class Drops(LogWriter writer)
{
    private List<OutboxDrop> _untold = [];

    /// <summary>Who is told.</summary>
    public Action<OutboxDrop>? Dropped { get; set; }

    /// <summary>Gives up the front of a lane up to a number.</summary>
    public void GiveUp(LaneState lane, long until, DropReason reason)
    {
        long first = lane.Front;
        long items = writer.GiveUp(lane, until, reason);
        if (items > 0) _untold.Add(new OutboxDrop(lane.Lane, first, items, reason));
    }

    /// <summary>What is to be told of once the lock is free; null if nothing is.</summary>
    public List<OutboxDrop>? Take()
    {
        if (_untold.Count == 0) return null;
        var drops = _untold;
        _untold = [];
        return drops;
    }

    /// <summary>Tells of what was taken. Not under the lock.</summary>
    public void Tell(List<OutboxDrop>? drops)
    {
        if (drops is null || Dropped is not { } dropped) return;
        foreach (var drop in drops) dropped(drop);
    }
}
