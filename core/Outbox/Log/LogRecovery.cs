using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

#pragma warning disable IDISP001, IDISP007, IDISP016 // segments are made here and handed over; of one that is let go only the name is used
/// <summary>Finds out from the segments that are there how everything stood.</summary>
internal sealed class LogRecovery(SegmentFiles files, OutboxLog log, LaneBook book)
{
    private string _boot = "";

    /// <summary>The clock as far as the log knows it.</summary>
    public long Clock { get; private set; }

    /// <summary>Items that were reported and are nowhere to be found: torn, damaged, or taken by a power cut.</summary>
    public long Damaged { get; private set; }

    /// <exception cref="IOException">The folder cannot be read.</exception>
    public void Run()
    {
        var segments = Open();
        int newest = FindSnapshot(segments);
        // Those behind were begun and never used; without any snapshot nobody knows whose records these are.
        Discard(segments[(newest + 1)..]);
        if (newest < 0) return;
        foreach (var older in segments[..newest])
        {
            Scan(older);
            Attach(older);
            log.Adopt(older);
        }

        bool closed = Replay(segments[newest]);
        bool lostPower = !closed && !string.Equals(_boot, log.Boot, StringComparison.Ordinal);
        foreach (var lane in book.Lanes)
        {
            // What was sent before a power cut, and is forgotten by it, must not be sent again under the number of something else.
            if (lostPower) lane.Next = Math.Max(lane.Next, lane.Reserved);
            lane.Settle();
        }

        foreach (var owner in book.Owners) CloseLedger(owner);
    }

    private List<Segment> Open()
    {
        var found = new List<Segment>();
        foreach (string name in files.List())
        {
            if (!Segment.TryNumberOf(name, out long number)) continue;
            var store = files.Open(name);
            found.Add(new Segment(number, store, isFile: true) { Length = Segment.LengthOf(store) });
        }

        found.Sort((one, other) => one.Number.CompareTo(other.Number));
        return found;
    }

    private int FindSnapshot(List<Segment> segments)
    {
        for (int at = segments.Count - 1; at >= 0; at--)
        {
            if (ReadFirst(segments[at]) is not { } frame || (FrameKind)frame[Frame.HeaderLength] != FrameKind.Snapshot) continue;
            try
            {
                (_boot, Clock, int carried) = Snapshot.Read(frame.AsSpan(Frame.HeaderLength), book);
                (segments[at].Carried, segments[at].Start) = (carried, frame.Length + carried);
                return at;
            }
            catch (InvalidDataException exception)
            {
                throw new IOException($"The outbox file {segments[at].Name} cannot be understood: {exception.Message} Use the version of "
                    + "the gateway that wrote it, or move the folder away to begin with an empty outbox.", exception);
            }
        }

        return -1;
    }

    /// <summary>The first frame of a segment; null if it is torn.</summary>
    private static byte[]? ReadFirst(Segment segment)
    {
        var store = segment.Store;
        byte[] header = new byte[Math.Min(store.Length, Frame.HeaderLength)];
        store.ReadExactly(0, header);
        int length = Frame.LengthOf(header);
        if (length == 0 || length > store.Length) return null;
        byte[] frame = new byte[length];
        store.ReadExactly(0, frame);
        return Frame.TryRead(frame, out _) ? frame : null;
    }

    /// <summary>Finds out what an older segment holds: from its footer, or from its records where it was not sealed.</summary>
    private void Scan(Segment segment)
    {
        try
        {
            if (SegmentFooter.TryRead(segment)) return;
            if (ReadFirst(segment) is { } first && (FrameKind)first[Frame.HeaderLength] == FrameKind.Snapshot)
            {
                segment.Carried = Snapshot.ReadCarried(first.AsSpan(Frame.HeaderLength));
                segment.Start = first.Length + segment.Carried;
            }

            var carried = new List<AppendFrame>();
            var added = new List<AppendFrame>();
            segment.Length = SegmentScan.Read(segment.Store, Segment.LengthOf(segment.Store), (offset, length, body) =>
            {
                if (SegmentScan.TryReadAppend(offset, length, body, out var frame)) (offset < segment.Start ? carried : added).Add(frame);
            });
            AddCarried(segment, carried);
            foreach (var frame in added) segment.Add(frame.LaneNumber, frame.Place);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            segment.Parts.Clear(); // what was in it is missing in the ledger, and counted there
        }
    }

    /// <summary>Takes over the records that were carried into a segment.</summary>
    /// <remarks>
    /// Where they are whole, they count: the segment that they come from was on its way out, and may be torn. Where they are not, the
    /// process ended in the middle: the segment that they come from is still there, and what it has counts.
    /// </remarks>
    private void AddCarried(Segment segment, List<AppendFrame> carried)
    {
        bool isWhole = carried.Sum(frame => frame.Place.Length) == segment.Carried;
        foreach (var frame in carried)
            if (isWhole || !IsThere(frame)) segment.Add(frame.LaneNumber, frame.Place);
    }

    private bool IsThere(AppendFrame frame) => book.Find(frame.LaneNumber) is { Parts: [.., var last] } && frame.Place.Sequence < last.End;

    private void Attach(Segment segment)
    {
        foreach (var (number, part) in segment.Parts.ToList())
        {
            if (book.Find(number) is { } lane) lane.Attach(part);
            else segment.Parts.Remove(number);
        }
    }

    /// <returns>Whether the outbox was closed in good order.</returns>
    private bool Replay(Segment segment)
    {
        bool closed = false;
        bool begun = false;
        var carried = new List<AppendFrame>();
        int end = SegmentScan.Read(segment.Store, Segment.LengthOf(segment.Store), (offset, length, body) =>
        {
            if (offset < segment.Start)
            {
                if (SegmentScan.TryReadAppend(offset, length, body, out var frame)) carried.Add(frame);
                return;
            }

            if (!begun) begun = BeginReplay(segment, carried);
            closed = (FrameKind)body[0] == FrameKind.Closed;
            try
            {
                Replay(segment, offset, length, body);
            }
            catch (InvalidDataException)
            {
                // As damaged as if its checksum were wrong.
            }
        });
        if (!begun) BeginReplay(segment, carried);
        segment.Length = end;
        log.Adopt(segment);
        return closed;
    }

    /// <summary>Takes over what was carried into a segment, and puts the front of every lane where its snapshot says.</summary>
    private bool BeginReplay(Segment segment, List<AppendFrame> carried)
    {
        AddCarried(segment, carried);
        Attach(segment);
        foreach (var lane in book.Lanes) lane.Trim();
        return true;
    }

    private void Replay(Segment segment, int offset, int length, ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body);
        switch (reader.Kind)
        {
            case FrameKind.Append:
                var (number, place, reported, filtered, _) = SegmentScan.ReadAppend(offset, length, body);
                if (book.Find(number) is not { } lane || place.Sequence < lane.Next) return;
                lane.Add(segment, place);
                (lane.Owner.Reported, lane.Owner.Filtered) = (reported, filtered);
                Clock = Math.Max(Clock, place.Time);
                break;
            case FrameKind.Acknowledged:
                book.Find(reader.Count(int.MaxValue))?.Acknowledge(reader.Number());
                break;
            case FrameKind.Dropped:
                if (book.Find(reader.Count(int.MaxValue)) is { } gave)
                    gave.GiveUp(reader.Number(), (DropReason)reader.Count(OwnerState.Reasons - 1));
                break;
            case FrameKind.Account:
                if (book.Find(reader.Count(int.MaxValue))?.Owner is not { } owner) return;
                (owner.Reported, owner.Filtered) = (reader.Number(), reader.Number());
                reader.Numbers(owner.Refused);
                break;
        }
    }

    /// <summary>What was reported and is nowhere was damaged.</summary>
    private void CloseLedger(OwnerState owner)
    {
        long missing = owner.Reported - owner.AccountedFor;
        // Where the last account is damaged, what is there was reported for certain.
        if (missing <= 0)
        {
            owner.Reported -= missing;
            return;
        }

        owner.Lanes[0].Dropped[(int)DropReason.Damaged] += missing;
        Damaged += missing;
    }

    private void Discard(List<Segment> segments)
    {
        foreach (var segment in segments)
        {
            segment.Dispose();
            files.Delete(segment.Name);
        }
    }
}
