using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

/// <summary>The few records of a segment that wait and go along into the next one, so that it need not be kept for them.</summary>
internal sealed class CarriedRecords
{
    /// <summary>Where more bytes wait, none are carried.</summary>
    public const int MostBytes = 64 * 1024;

    private readonly Segment? _from;
    private readonly LaneBook _book;
    private readonly List<(int Lane, RecordPlace Place)> _records = [];

    /// <param name="from">The newest segment; null if there is none yet.</param>
    /// <param name="book">The lanes.</param>
    public CarriedRecords(Segment? from, LaneBook book)
    {
        (_from, _book) = (from, book);
        if (from is not { IsFile: true, Index: { } index } || from.PendingBytes > MostBytes) return;
        foreach (int lane in from.Parts.Keys)
        {
            var places = index[lane];
            long front = book.Find(lane)!.Front; // it has a part
            for (int at = RecordPlace.Find(places, front); at < places.Count; at++) _records.Add((lane, places[at]));
        }
    }

    /// <summary>Bytes of their frames.</summary>
    public int Bytes => _records.Sum(record => record.Place.Length);

    /// <summary>Writes them to another segment; they count where they are until they are moved.</summary>
    /// <exception cref="IOException">They cannot be read or written.</exception>
    public void CopyTo(Segment segment)
    {
        byte[] frame = new byte[_records.Count == 0 ? 0 : _records.Max(record => record.Place.Length)];
        for (int at = 0; at < _records.Count; at++)
        {
            var (lane, place) = _records[at];
            var bytes = frame.AsSpan(0, place.Length);
            _from!.Store.ReadExactly(place.Offset, bytes); // there is none only where there are no records
            _records[at] = (lane, place with { Offset = segment.Write(bytes) });
        }
    }

    /// <summary>From here on their lanes have them in the segment that they were copied to.</summary>
    public void MoveTo(Segment segment)
    {
        foreach (var lane in _records.GroupBy(record => record.Lane, record => record.Place))
        {
            LanePart? moved = null;
            foreach (var place in lane) moved = segment.Add(lane.Key, place).Part;
            var state = _book.Find(lane.Key)!; // it has a part
            var part = state.Parts[^1];
            part.Segment.Parts.Remove(lane.Key);
            state.Replace(part, moved!); // a group is not empty
        }
    }
}
