namespace BridgeFramework.Outbox;

/// <summary>What one segment holds of one lane: items First to End, oldest first.</summary>
internal sealed class LanePart(Segment segment, int lane, long first)
{
    public Segment Segment { get; } = segment;
    public long First { get; } = first;
    public long End { get; set; } = first;

    /// <summary>The epoch of its first record: none of an earlier one is in it.</summary>
    public int FirstEpoch { get; set; }

    /// <summary>Bytes of frames whose items are not all settled.</summary>
    public long Bytes { get; set; }
    public long FirstTime { get; set; }
    public long LastTime { get; set; }

    /// <returns>How many items it holds more: those of the record, and those of damaged ones between.</returns>
    public long Add(RecordPlace place)
    {
        if (End == First) (FirstTime, FirstEpoch) = (place.Time, place.Epoch);
        long more = place.End - End;
        (End, LastTime) = (place.End, place.Time);
        Bytes += place.Length;
        return more;
    }

    /// <summary>The same records in another segment.</summary>
    public LanePart In(Segment segment) => new(segment, lane, First)
    {
        End = End,
        Bytes = Bytes,
        FirstTime = FirstTime,
        LastTime = LastTime,
        FirstEpoch = FirstEpoch,
    };

    /// <summary>Where the first record is that ends behind a number; null where that is not in memory.</summary>
    public RecordPlace? PlaceOf(long sequence)
    {
        if (Segment.Index?.GetValueOrDefault(lane) is not { } places) return null;
        int at = RecordPlace.Find(places, sequence);
        return at < places.Count ? places[at] : null;
    }

    /// <summary>Whether a record from this number on, added by a time, is behind what is synced.</summary>
    public bool IsUnsynced(long from, long by)
    {
        if (Segment.Index?.GetValueOrDefault(lane) is not { } places) return FirstTime <= by;
        int at = Math.Max(RecordPlace.Find(places, from), RecordPlace.FindOffset(places, Segment.SyncedLength));
        return at < places.Count && places[at].Time <= by;
    }
}
