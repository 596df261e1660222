namespace BridgeFramework.Outbox;

/// <summary>One owner: its account and its lanes. Used under the outbox's lock.</summary>
internal sealed class OwnerState(string name, LaneBook book)
{
    public static readonly int Reasons = Enum.GetValues<DropReason>().Length;
    private TaskCompletionSource? _drained; // of those who wait for it

    public string Name { get; } = name;
    public LaneState[] Lanes { get; } = new LaneState[2];
    public bool IsOpen { get; set; }

    /// <summary>Whether it was removed: nothing of it is taken any more, and what waits of it is given up.</summary>
    public bool HasLeft { get; set; }
    public long Reported { get; set; }
    public long Filtered { get; set; }

    /// <summary>Items that were not taken, by reason: they have no number.</summary>
    public long[] Refused { get; } = new long[Reasons];

    /// <summary>Bytes that wait in its lanes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether nothing of it waits or is under way.</summary>
    public bool IsDrained => Lanes[0].Parts.Count == 0 && Lanes[1].Parts.Count == 0;

    /// <summary>Ends when nothing of it waits or is under way.</summary>
    public Task Drained => IsDrained
        ? Task.CompletedTask
        : (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>What is accounted for, which is what was reported.</summary>
    public long AccountedFor => Lanes[0].AccountedFor + Lanes[1].AccountedFor + Filtered + Refused.Sum();

    /// <summary>Takes over what was written down elsewhere and went further.</summary>
    public void Raise(OwnerState other)
    {
        (Reported, Filtered) = (Math.Max(Reported, other.Reported), Math.Max(Filtered, other.Filtered));
        Totals.Raise(Refused, other.Refused);
        foreach (var kind in Enum.GetValues<LaneKind>()) Lanes[(int)kind].Raise(other.Lanes[(int)kind]);
    }

    /// <summary>A lane of it has become empty.</summary>
    public void LaneDrained()
    {
        if (_drained is null || !IsDrained) return;
        _drained.SetResult();
        _drained = null;
    }

    public void AddBytes(long bytes)
    {
        Bytes += bytes;
        book.AddBytes(bytes);
    }

    public OwnerLedger Ledger(long now)
    {
        var dropped = new Dictionary<DropReason, long>();
        for (int reason = 0; reason < Reasons; reason++)
        {
            long items = Refused[reason] + Lanes[0].Dropped[reason] + Lanes[1].Dropped[reason];
            if (items > 0) dropped.Add((DropReason)reason, items);
        }

        return new OwnerLedger
        {
            Owner = Name,
            Reported = Reported,
            Filtered = Filtered,
            Acknowledged = Lanes[0].Acknowledged + Lanes[1].Acknowledged,
            Pending = Lanes[0].Pending + Lanes[1].Pending,
            Dropped = dropped,
            PendingBytes = Bytes,
            OldestAge = Older(Lanes[0].OldestAge(now), Lanes[1].OldestAge(now)),
        };
    }

    private static TimeSpan? Older(TimeSpan? one, TimeSpan? other) => one is null || other > one ? other ?? one : one;
}
