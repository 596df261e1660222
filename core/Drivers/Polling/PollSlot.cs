namespace BridgeFramework.Drivers;

/// <summary>A group in a schedule: when it is due, and where its grid stands.</summary>
internal sealed class PollSlot<TGroup>(TGroup group, PollTurns turns, TimeSpan interval, TimeSpan first)
    where TGroup : class
{
    public TGroup Group => group;

    public PollTurns Turns => turns;

    public TimeSpan Interval => interval;

    public TimeSpan Grid { get; set; } = first;

    public TimeSpan Due { get; set; } = first;

    public TimeSpan Wanted { get; set; } = TimeSpan.MaxValue;

    public bool Running { get; set; }

    /// <summary>Gives the place of this group to another one.</summary>
    public PollSlot<TGroup> HandTo(TGroup other) => new(other, turns, interval, Grid) { Due = Due };
}

/// <summary>When a group of one owner last had a turn.</summary>
internal sealed class PollTurns(long last)
{
    public long Last { get; set; } = last;
}
