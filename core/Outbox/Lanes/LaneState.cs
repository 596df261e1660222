namespace BridgeFramework.Outbox;

/// <summary>One lane: what waits in it and what became of the rest. Used under the outbox's lock.</summary>
/// <remarks>What waits is <see cref="Front"/> to <see cref="Next"/>, without what lies between two parts.</remarks>
internal sealed class LaneState(int number, Lane lane, OwnerState owner)
{
    /// <summary>How many numbers a lane may give before there must be another snapshot, so that a power cut
    /// makes it give none twice.</summary>
    private const long Reservation = 1 << 20;

    private readonly List<LanePart> _parts = [];

    public int Number { get; } = number;
    public Lane Lane { get; } = lane;
    public OwnerState Owner { get; } = owner;

    /// <summary>What waits, by segment, oldest first.</summary>
    public IReadOnlyList<LanePart> Parts => _parts;

    /// <summary>The number of the next item.</summary>
    public long Next { get; set; } = 1;

    /// <summary>Numbers below are not given again even if a power cut takes the records: a synced snapshot says so.</summary>
    public long Reserved { get; set; }

    /// <summary>What <see cref="Reserved"/> will be when the newest snapshot is synced.</summary>
    public long Reserving { get; set; }

    /// <summary>The number of the first item that has not arrived and was not given up.</summary>
    public long Front { get; set; } = 1;
    public long Acknowledged { get; set; }
    public long[] Dropped { get; } = new long[OwnerState.Reasons];
    public long Pending { get; private set; }
    public long Bytes { get; private set; }

    /// <summary>Where the batch that is out ends; 0 if none is.</summary>
    public long OutUntil { get; set; }

    /// <summary>Whether it stands in the queue of those to be taken from.</summary>
    public bool HasTurn { get; set; }

    public bool IsOut => OutUntil != 0;
    public bool CanBeTaken => Owner.IsOpen && !IsOut && _parts.Count > 0;
    public long AccountedFor => Acknowledged + Pending + Dropped.Sum();

    /// <summary>Takes over a part that was there before, in the order of segments. What two have was carried
    /// over into the later one.</summary>
    public void Attach(LanePart part)
    {
        CutBack(part.First);
        _parts.Add(part);
        Pending += part.End - part.First;
        AddBytes(part.Bytes);
        Next = Math.Max(Next, part.End);
    }

    /// <summary>Takes back what was counted when parts before the front were attached.</summary>
    public void Trim()
    {
        long front = Front;
        if (_parts.Count > 0) Front = Math.Min(front, _parts[0].First);
        Free(front);
        Advance(front);
    }

    /// <summary>A record was added to a segment, the last one.</summary>
    public void Add(Segment segment, RecordPlace place)
    {
        var (part, more) = segment.Add(Number, place);
        if (_parts.Count == 0 || !ReferenceEquals(_parts[^1], part)) _parts.Add(part);
        if (_parts.Count == 1 && Front < part.First) Front = part.First;
        Pending += more;
        AddBytes(place.Length);
        Next = Math.Max(Next, place.End);
    }

    /// <summary>A snapshot is to say from which number on none was given.</summary>
    public void Reserve() => Reserving = Math.Max(Reserving, Next + Reservation);

    /// <summary>Takes over what was written down elsewhere and went further: what is told of here was lost.</summary>
    public void Raise(LaneState other)
    {
        Next = Math.Max(Next, other.Next);
        (Reserved, Reserving) = (Math.Max(Reserved, other.Reserved), Math.Max(Reserving, other.Reserving));
        if (other.Front > Front)
        {
            Free(other.Front);
            Advance(other.Front);
        }

        Acknowledged = Math.Max(Acknowledged, other.Acknowledged);
        Totals.Raise(Dropped, other.Dropped);
    }

    /// <summary>The same records are in another segment now.</summary>
    public void Replace(LanePart part, LanePart moved)
    {
        _parts[_parts.IndexOf(part)] = moved;
        AddBytes(moved.Bytes - part.Bytes);
    }

    /// <summary>The front has arrived.</summary>
    public void Acknowledge(long until)
    {
        if (until <= Front) return;
        Acknowledged += Free(until);
        Advance(until);
    }

    /// <summary>The front is given up.</summary>
    /// <returns>How many items.</returns>
    public long GiveUp(long until, DropReason reason)
    {
        if (until <= Front) return 0;
        long items = Free(until);
        Dropped[(int)reason] += items;
        Advance(until);
        return items;
    }

    /// <summary>Moves the front to what really waits.</summary>
    public void Settle() => Advance(Front);

    /// <summary>How long its oldest record has waited; null if none waits.</summary>
    public TimeSpan? OldestAge(long now)
    {
        if (_parts.Count == 0) return null;
        var part = _parts[0];
        return TimeSpan.FromMilliseconds(Math.Max(0, now - (part.PlaceOf(Front)?.Time ?? part.FirstTime)));
    }

    /// <summary>How it stands.</summary>
    public LaneStatus Status(long now) => new(Next, Acknowledged, Dropped.Sum(), Pending, Bytes, OldestAge(now));

    private void CutBack(long sequence)
    {
        for (; _parts.Count > 0 && _parts[^1].End > sequence; _parts.RemoveAt(_parts.Count - 1))
        {
            var part = _parts[^1];
            Pending -= part.End - Math.Max(part.First, sequence);
            if (part.First < sequence)
            {
                part.End = sequence;
                return;
            }

            AddBytes(-part.Bytes);
            part.Segment.Parts.Remove(Number);
        }
    }

    /// <summary>Takes the items up to a number off what waits, and their share of the bytes of their part.</summary>
    private long Free(long until)
    {
        long items = 0;
        foreach (var part in _parts)
        {
            long first = Math.Max(Front, part.First);
            long here = Math.Min(until, part.End) - first;
            if (here <= 0) break;
            items += here;
            // Where records are is not always in memory: by their share. A part that is gone takes the rest with it.
            long bytes = part.Bytes * here / (part.End - first);
            part.Bytes -= bytes;
            AddBytes(-bytes);
        }

        Pending -= items;
        return items;
    }

    private void Advance(long until)
    {
        Front = until;
        int gone = 0;
        for (; gone < _parts.Count && _parts[gone].End <= Front; gone++)
        {
            AddBytes(-_parts[gone].Bytes);
            _parts[gone].Segment.Parts.Remove(Number);
        }

        _parts.RemoveRange(0, gone);
        // Between two parts there is nothing: numbers that a power cut may have taken are passed over.
        Front = Math.Max(Front, _parts.Count > 0 ? _parts[0].First : Next);
        Next = Math.Max(Next, Front); // what has arrived was given, even where nothing else of it is left
        if (_parts.Count == 0) Owner.LaneDrained();
    }

    private void AddBytes(long bytes)
    {
        Bytes += bytes;
        Owner.AddBytes(bytes);
    }
}
