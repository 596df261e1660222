namespace BridgeFramework.Outbox;

/// <summary>Has owners and lanes go through what the frames of a segment say happened.</summary>
internal sealed class SegmentReplay(LaneBook book)
{
    /// <summary>The latest time of a record on the outbox's clock.</summary>
    public long Clock { get; private set; }

    /// <summary>How many records were found whose owner nobody knows.</summary>
    public int Anonymous { get; private set; }

    /// <summary>Whether there were records of an epoch that is written down nowhere.</summary>
    public bool HasUnknownEpochs { get; private set; }

    /// <summary>Plays a segment whose beginning says how everything stood.</summary>
    /// <returns>How the segment ended.</returns>
    /// <exception cref="IOException">It cannot be read; what was read of it counts.</exception>
    public SegmentEnd Play(Segment segment)
    {
        var carried = new List<AppendFrame>();
        bool begun = false;
        try
        {
            return Play(segment, frame: (offset, length, body) =>
            {
                if (offset < segment.Start)
                {
                    if (SegmentScan.TryReadAppend(offset, length, body, out var frame)) carried.Add(frame);
                    return;
                }

                if (!begun) Begin();
                Play(segment, offset, length, body);
            });
        }
        finally
        {
            if (!begun) Begin(); // also where it cannot be read any further
        }

        void Begin()
        {
            begun = true;
            AddCarried(segment, carried);
            Attach(segment);
            foreach (var lane in book.Lanes) lane.Trim();
        }
    }

    /// <summary>Plays a segment whose beginning is lost, with what is known from elsewhere.</summary>
    public void PlayHeadless(Segment segment) => Play(segment, frame: (offset, length, body) => Play(segment, offset, length, body));

    /// <summary>Finds out what an older segment holds that is not sealed: its records.</summary>
    public void Scan(Segment segment)
    {
        var carried = new List<AppendFrame>();
        var added = new List<AppendFrame>();
        segment.Length = SegmentScan.Read(segment.Store, Segment.LengthOf(segment.Store), (offset, length, body) =>
        {
            if (SegmentScan.TryReadAppend(offset, length, body, out var frame)) (offset < segment.Start ? carried : added).Add(frame);
        }).End;
        AddCarried(segment, carried);
        // Without a beginning nobody knows which of them were carried over.
        bool hasBeginning = segment.Start > 0;
        foreach (var frame in added)
            if (hasBeginning || !IsThere(frame)) segment.Add(frame.LaneNumber, frame.Place);
    }

    /// <summary>Gives the lanes their parts of a segment.</summary>
    public void Attach(Segment segment)
    {
        foreach (var (number, part) in segment.Parts.ToList())
        {
            if (book.Find(number) is not { } lane)
            {
                segment.Parts.Remove(number);
                continue;
            }

            HasUnknownEpochs |= !book.Epochs.Know(part.FirstEpoch);
            lane.Attach(part);
        }
    }

    private static SegmentEnd Play(Segment segment, SegmentScan.FrameHandler frame)
    {
        var last = FrameKind.Snapshot;
        int length = Segment.LengthOf(segment.Store);
        var (end, skipped) = SegmentScan.Read(segment.Store, length, (offset, size, body) =>
        {
            last = (FrameKind)body[0];
            try
            {
                frame(offset, size, body);
            }
            catch (InvalidDataException)
            {
                // As damaged as if its checksum were wrong.
            }
        });
        segment.Length = end;
        bool isWhole = skipped == 0 && (end == length || (last == FrameKind.Footer && end == length - SegmentFooter.TrailerLength));
        return new SegmentEnd(IsClosed: last == FrameKind.Closed, isWhole);
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

    private void Play(Segment segment, int offset, int length, ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body);
        switch (reader.Kind)
        {
            case FrameKind.Append or FrameKind.AppendWithoutEpoch:
                Append(segment, SegmentScan.ReadAppend(offset, length, body));
                break;
            case FrameKind.Acknowledged or FrameKind.AcknowledgedWithoutTotal:
                if (book.Find(reader.Count(int.MaxValue)) is not { } arrived) return;
                arrived.Acknowledge(reader.Number());
                if (reader.Kind == FrameKind.Acknowledged) arrived.Acknowledged = Math.Max(arrived.Acknowledged, reader.Number());
                break;
            case FrameKind.Dropped or FrameKind.DroppedWithoutTotal:
                if (book.Find(reader.Count(int.MaxValue)) is not { } gave) return;
                gave.GiveUp(reader.Number(), (DropReason)reader.Count(OwnerState.Reasons - 1));
                if (reader.Kind == FrameKind.Dropped) RaiseDropped(gave, ref reader);
                break;
            case FrameKind.Left:
                if (book.Find(reader.Count(int.MaxValue))?.Owner is { } left) book.Leave(left);
                break;
            case FrameKind.Account:
                if (book.Find(reader.Count(int.MaxValue))?.Owner is not { } owner) return;
                (owner.Reported, owner.Filtered) = (reader.Number(), reader.Number());
                reader.Numbers(owner.Refused);
                break;
        }
    }

    private void Append(Segment segment, AppendFrame frame)
    {
        Clock = Math.Max(Clock, frame.Place.Time);
        if (book.Find(frame.LaneNumber) is not { } lane)
        {
            Anonymous++;
            return;
        }

        lane.Owner.Reported = Math.Max(lane.Owner.Reported, frame.Reported);
        lane.Owner.Filtered = Math.Max(lane.Owner.Filtered, frame.Filtered);
        HasUnknownEpochs |= !book.Epochs.Know(frame.Place.Epoch);
        if (frame.Place.Sequence >= lane.Next) lane.Add(segment, frame.Place);
    }

    private static void RaiseDropped(LaneState lane, ref FrameReader reader)
    {
        Span<long> totals = stackalloc long[OwnerState.Reasons];
        reader.Numbers(totals);
        Totals.Raise(lane.Dropped, totals);
    }
}

/// <summary>How a segment ends.</summary>
/// <param name="IsClosed">Whether the outbox was closed in good order with it.</param>
/// <param name="IsWhole">Whether it is nothing but frames.</param>
internal readonly record struct SegmentEnd(bool IsClosed, bool IsWhole);
