using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

#pragma warning disable IDISP001, IDISP007, IDISP016 // segments are made here and handed over; of one that is let go only the name is used
/// <summary>Finds out from the segments that are there, and from the table beside them, how everything stood.</summary>
/// <remarks>
/// The newest segment with a readable beginning says how everything stood then, and what happened since. Newer ones whose beginning is
/// damaged are read with what the table knows. What went before the beginning and is nowhere counts as damaged.
/// </remarks>
internal sealed class LogRecovery(SegmentFiles files, OutboxLog log, LaneBook book)
{
    private readonly SegmentReplay _replay = new(book);
    private readonly List<string> _damage = [];
    private string _boot = "";
    private bool _isProven;

    /// <summary>The clock as far as the log knows it.</summary>
    public long Clock { get; private set; }

    /// <summary>What is damaged, in sentences.</summary>
    public IReadOnlyList<string> Damage => _damage;

    /// <summary>Items that were reported and are nowhere to be found: torn, damaged, or taken by a power cut.</summary>
    public long Damaged { get; private set; }

    /// <summary>Whether the number that each lane gave last is known: else numbers have to go on in another epoch.</summary>
    public bool IsProven => _isProven && !_replay.HasUnknownEpochs && !book.Epochs.IsEmpty;

    /// <exception cref="IOException">The folder cannot be read, or another version has written it.</exception>
    public void Run()
    {
        var table = ReadTable();
        var segments = Open();
        int newest = FindSnapshot(segments);
        _isProven = newest >= 0 && !table.Epochs.IsAfter(book.Epochs);
        book.AddMissing(table);
        var newer = segments[(newest + 1)..];
        var headless = newer.Where(segment => !IsUnused(segment)).ToList();
        for (int at = 0; at < newest; at++)
        {
            Scan(segments[at]);
            _replay.Attach(segments[at]);
            log.Adopt(segments[at]);
        }

        bool hasTornDraft = headless.Count < newer.Count;
        bool lostPower = newest >= 0 && PlayNewest(segments[newest], isLast: headless.Count == 0, hasTornDraft);
        // A draft with nothing in it is what a power cut leaves; without one it may have been used, and lost what was in it.
        if (!lostPower && hasTornDraft) _isProven = false;
        foreach (var segment in headless) PlayHeadless(segment);
        if (book.Raise(table)) _isProven = false;
        foreach (var lane in book.Lanes)
        {
            // What was sent before a power cut, and is forgotten by it, must not be sent again under the number of something else.
            if (lostPower) lane.Next = Math.Max(lane.Next, lane.Reserved);
            lane.Settle();
        }

        foreach (var owner in book.Owners) CloseLedger(owner);
        Clock = Math.Max(Clock, _replay.Clock);
        if (_replay.Anonymous > 0) _damage.Add($"{_replay.Anonymous} records in them belong to sub-devices that nobody knows any more.");
    }

    private LaneBook ReadTable()
    {
        var table = new LaneBook();
        try
        {
            if (files.Table.TryRead() is { } snapshot) Clock = Snapshot.Read(snapshot, table).Clock;
        }
        catch (InvalidDataException)
        {
            table = new LaneBook(); // another version's: the segments say so, if they are, too
        }

        if (files.Table.Trouble is { } trouble) _damage.Add(trouble);
        return table;
    }

    private List<Segment> Open()
    {
        var found = new List<Segment>();
        files.DiscardUnbegun();
        foreach (string name in files.List())
        {
            if (!Segment.TryNumberOf(name, out long number, out bool isDraft)) continue;
            var store = files.Open(name);
            found.Add(new Segment(number, store, isFile: true) { Length = Segment.LengthOf(store), IsDraft = isDraft });
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
                (_boot, long clock, int carried) = Snapshot.Read(frame.AsSpan(Frame.HeaderLength), book);
                (segments[at].Carried, segments[at].Start) = (carried, frame.Length + carried);
                Clock = Math.Max(Clock, clock);
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

    /// <summary>The first frame of a segment; null if it is torn or damaged.</summary>
    private static byte[]? ReadFirst(Segment segment)
    {
        try
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
        catch (IOException)
        {
            return null; // a part of the disk that fails
        }
    }

    /// <summary>Lets go of a segment that was begun and never used: its name says that it was not synced yet,
    /// and nothing follows.</summary>
    private bool IsUnused(Segment segment)
    {
        if (!segment.IsDraft || HoldsAnything(segment)) return false;
        segment.Dispose();
        files.Delete(segment.Number);
        return true;
    }

    private static bool HoldsAnything(Segment segment)
    {
        try
        {
            return SegmentScan.Read(segment.Store, segment.Length, (_, _, _) => { }).End > 0;
        }
        catch (IOException)
        {
            return true; // nobody knows: it is damaged, and said to be
        }
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
            else
            {
                NoteDamage(segment, "its beginning is damaged");
            }

            _replay.Scan(segment);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            segment.Parts.Clear(); // what was in it is missing in the ledger, and counted there
            NoteDamage(segment, $"it cannot be read ({exception.Message.TrimEnd('.')})");
        }
    }

    /// <returns>Whether a power cut may have taken what was given last.</returns>
    private bool PlayNewest(Segment segment, bool isLast, bool hasTornDraft)
    {
        var end = new SegmentEnd(IsClosed: false, IsWhole: false);
        try
        {
            end = _replay.Play(segment);
        }
        catch (IOException exception)
        {
            NoteDamage(segment, $"it cannot be read ({exception.Message.TrimEnd('.')})");
        }

        log.Adopt(segment);
        // After an orderly stop the power may have gone while the next process began.
        bool lostPower = (!end.IsClosed || hasTornDraft) && !string.Equals(_boot, log.Boot, StringComparison.Ordinal);
        if (end.IsWhole || lostPower) return lostPower;
        // A process that is killed while it writes leaves this, too: the record was not accepted then.
        _isProven = false;
        if (isLast) _damage.Add($"{segment.Name} does not end where it was written to.");
        return false;
    }

    private void PlayHeadless(Segment segment)
    {
        _isProven = false;
        try
        {
            _replay.PlayHeadless(segment);
            NoteDamage(segment, "its beginning is damaged");
        }
        catch (IOException exception)
        {
            NoteDamage(segment, $"it cannot be read ({exception.Message.TrimEnd('.')})");
        }

        log.Adopt(segment);
    }

    private void NoteDamage(Segment segment, string how)
    {
        segment.Damage = how;
        _damage.Add($"{segment.Name}: {how}. It is kept as {SegmentFiles.AsideOf(segment)} when what can be read of it is sent.");
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
}
