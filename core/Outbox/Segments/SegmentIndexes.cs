namespace BridgeFramework.Outbox;

/// <summary>Where each record of a segment is: kept of the few files that were used last, read again of the others.</summary>
internal sealed class SegmentIndexes
{
    private const int Most = 4;
    private readonly LinkedList<Segment> _kept = [];

    /// <summary>By lane number, the places of a segment's records.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Dictionary<int, List<RecordPlace>> Of(Segment segment)
    {
        if (segment.Index is not null) return segment.Index;
        var index = new Dictionary<int, List<RecordPlace>>();
        SegmentScan.Read(segment.Store, segment.Length, (offset, length, body) =>
        {
            if (!SegmentScan.TryReadAppend(offset, length, body, out var frame) || !segment.Parts.ContainsKey(frame.LaneNumber)) return;
            if (!index.TryGetValue(frame.LaneNumber, out var places)) index.Add(frame.LaneNumber, places = []);
            places.Add(frame.Place);
        });
        segment.Index = index;
        Keep(segment);
        return index;
    }

    /// <summary>Keeps the index of a segment that nothing is added to any more, until others have been used since.</summary>
    public void Keep(Segment segment)
    {
        if (!segment.IsFile) return; // in memory it is all it has
        _kept.AddLast(segment);
        if (_kept.Count <= Most) return;
        _kept.First!.Value.Index = null; // there are more than a few
        _kept.RemoveFirst();
    }

    public void Forget(Segment segment) => _kept.Remove(segment);
}
