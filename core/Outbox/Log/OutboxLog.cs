using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

#pragma warning disable IDISP001, IDISP003, IDISP004, IDISP007, IDISP016 // the log owns its segments and the files
/// <summary>The segments of an outbox: writes to the newest, begins another when it is full, lets go of those
/// that hold nothing any more.</summary>
/// <remarks>
/// Every segment in a file begins with a snapshot, so that older ones matter only for the records that still wait in them. They are let go
/// of once it is synced: what became of their records stands in it. Where the disk cannot be written, the newest segment is one in memory
/// until it can. Used under the outbox's lock, but for <see cref="Sync"/>.
/// </remarks>
internal sealed class OutboxLog(SegmentFiles? files, BoundsInForce bounds, LaneBook book, string boot, OutboxClock clock) : IDisposable
{
    private const int WorthRenewing = 64 * 1024; // bytes
    private const long RenewedAfter = 20_000; // ms; the kernel writes back what is older than 30 s, so most of it never comes to the flash
    private const long TriedAgainAfter = 10_000; // ms
    private readonly SortedList<long, Segment> _segments = [];
    private readonly FrameWriter _writer = new();
    private long _triedAt;
    private long _begunAt;

    /// <summary>Where the records of its segments are.</summary>
    public SegmentIndexes Indexes { get; } = new();

    public Segment Active { get; private set; } = null!; // set by the first Rotate, before anything else

    /// <summary>Why the newest segment is not in a file though it should be.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Bytes that segments take, in files; without files, in memory.</summary>
    public long StoredBytes => _segments.Values.Where(segment => segment.IsFile || files is null).Sum(segment => (long)segment.Length);

    /// <summary>Bytes that segments in memory take.</summary>
    public long MemoryBytes => _segments.Values.Where(segment => !segment.IsFile).Sum(segment => (long)segment.Length);

    /// <summary>Oldest first.</summary>
    public IEnumerable<Segment> Segments => _segments.Values;

    /// <summary>Which start of the machine this is.</summary>
    public string Boot => boot;

    /// <summary>The epoch of what is added now. Another one begins where records go to memory, and a killed process forgets them.</summary>
    public Epoch Epoch => book.Epochs.Current;

    /// <summary>When the table beside the segments is to be written; null without files.</summary>
    public TableKeeper? Table { get; } = files is null ? null : new TableKeeper(files.Table, book, boot, clock);

    /// <summary>Takes over a segment that was there before.</summary>
    public void Adopt(Segment segment) => _segments.Add(segment.Number, segment);

    /// <summary>Makes room for a frame in the newest segment; where it is full, in another.</summary>
    public void MakeRoom(int length)
    {
        if (Active.Length + length > bounds.Options.EffectiveSegmentBytes && Active.Length > Active.Start) Rotate();
    }

    /// <summary>Writes a frame that there is room for.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="sync">Whether it has to be proof against a power cut when this returns.</param>
    /// <returns>Where it is; null where the disk failed: the newest segment is one in memory then, and the epoch another.</returns>
    public int? TryWrite(ReadOnlySpan<byte> frame, bool sync = false)
    {
        try
        {
            int offset = Active.Write(frame);
            if (sync && Active.IsFile) SyncNow(Active);
            return offset;
        }
        catch (Exception exception) when (Active.IsFile && exception is IOException or UnauthorizedAccessException)
        {
            Fail(exception);
            return null;
        }
    }

    /// <summary>Writes a frame that says the same in every epoch; on a disk that fails, to memory.</summary>
    public void Write(ReadOnlySpan<byte> frame)
    {
        MakeRoom(frame.Length);
        if (TryWrite(frame) is null) Active.Write(frame);
    }

    /// <summary>Seals the newest segment and begins the next, in a file if that is possible.</summary>
    /// <param name="sync">Whether its snapshot has to be proof against a power cut when this returns.</param>
    public void Rotate(bool sync = false)
    {
        if (files is null)
        {
            MarkSpent(NextNumber);
            StartInMemory();
            DeleteSpent();
            return;
        }

        IDiskFile? store = null;
        long number = NextNumber;
        try
        {
            _triedAt = clock.Now;
            // Of all segments only the newest may have a beginning that is not safe yet: what others carried over can be relied on.
            if (Active is { IsFile: true, IsAnchor: false }) SyncNow(Active);
            var carried = new CarriedRecords(Active, book);
            store = files.Create(number);
            var segment = new Segment(number, store, isFile: true) { Index = [], Carried = carried.Bytes, IsDraft = true };
            book.Epochs.Forget(before: book.OldestEpoch);
            foreach (var lane in book.Lanes) lane.Reserve();
            var snapshot = Snapshot.Write(_writer, boot, clock.Now, carried.Bytes, book);
            segment.Write(snapshot);
            Table!.Offer(segment, snapshot); // there is one where there are files
            carried.CopyTo(segment);
            files.Begin(number);
            segment.Start = segment.Length;
            carried.MoveTo(segment);
            MarkSpent(number);
            Start(segment);
            store = null; // the segment's, whatever happens below
            // What waits in memory is removed from there once it is in files, and those say nothing without this one.
            if (sync || MemoryBytes > 0) SyncNow(segment);
            SaveMemory();
            if (sync && Table.Take(segment) is { } table) Table.Write(table);
            Trouble = null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            store?.Dispose();
            files.Discard(number);
            Fail(exception);
        }
    }

    /// <summary>What there is to do now and then: tries a failed disk again, begins anew where little waits or old files can go.</summary>
    /// <param name="overdue">What waits since then has to be synced now.</param>
    public void Tend(long overdue)
    {
        long now = clock.Now;
        if (Trouble is not null && now - _triedAt >= TriedAgainAfter) Rotate();
        int used = Active.Length - Active.Start;
        bool isDrained = used >= Math.Max(WorthRenewing, 4 * Active.Start) && Active.PendingBytes <= Math.Min(
            CarriedRecords.MostBytes, used / 4);
        bool isOverfull = StoredBytes > bounds.Options.MaxStoredBytes;
        bool isDue = now - _begunAt >= RenewedAfter || used >= 16 * WorthRenewing || isOverfull;
        bool anyDrained = _segments.Values.Any(segment => segment != Active && segment is { Parts.Count: 0, SpentBy: null });
        if ((isDue && (isDrained || anyDrained)) || IsDearToSync(overdue)) Rotate();
    }

    /// <summary>The segments with a new snapshot, or with something that waits since then, that a power cut
    /// would take, and up to where.</summary>
    public IReadOnlyList<(Segment Segment, int Length)> Unsynced(long since) =>
        [.. _segments.Values.Where(segment => segment.IsFile && (segment.SyncedLength < segment.Start || IsUnsynced(segment, since)))
            .Select(segment => (segment, segment.Length))];

    /// <summary>Syncs a segment, and its name in the folder the first time; outside of the lock.</summary>
    /// <returns>What went wrong; null if nothing did.</returns>
    public Exception? Sync(Segment segment)
    {
        try
        {
            segment.Store.Sync();
            if (segment.IsDraft) files?.Name(segment);
            if (segment.SyncedLength == 0) files?.Sync();
            return null;
        }
        catch (ObjectDisposedException)
        {
            return null; // nothing waits in it any more
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception;
        }
    }

    /// <summary>Notes that a segment is synced up to somewhere.</summary>
    public void Synced(Segment segment, int length)
    {
        segment.SyncedLength = Math.Max(segment.SyncedLength, length);
        if (segment != Active || !segment.IsAnchor) return;
        foreach (var lane in book.Lanes) lane.Reserved = lane.Reserving;
        DeleteSpent();
    }

    /// <summary>Leaves a disk that fails: from here on to memory, in another epoch.</summary>
    public void Fail(Exception exception)
    {
        if (Active is not { IsFile: false }) book.Epochs.Begin();
        Trouble = $"The outbox cannot be written ({exception.Message.TrimEnd('.')}): records wait in memory, up to "
            + $"{bounds.Options.MaxMemoryBytes} bytes; the disk is tried again every {TriedAgainAfter / 1000} s.";
        StartInMemory();
        // Of those that were begun when the disk was tried before: what they say the next snapshot does.
        foreach (var empty in _segments.Values.Where(segment => !segment.IsFile && segment != Active).ToList()) Forget(empty);
    }

    /// <summary>Begins another segment in memory, so that the one before can be given up.</summary>
    public void StartInMemory() => Start(new Segment(NextNumber, new MemoryStore(), isFile: false));

    /// <summary>Lets go of a segment in memory whose records were given up.</summary>
    public void Forget(Segment segment)
    {
        if (segment.Parts.Count > 0) return; // something of it is on its way
        _segments.Remove(segment.Number);
        segment.Dispose();
    }

    public void Dispose()
    {
        foreach (var segment in _segments.Values) segment.Dispose();
        files?.Dispose();
    }

    private long NextNumber => _segments.Count == 0 ? 1 : _segments.Keys[^1] + 1;

    private bool IsUnsynced(Segment segment, long since) =>
        segment.SyncedLength < segment.Length && segment.Parts.Any(
            part => book.Find(part.Key) is { } lane && part.Value.IsUnsynced(lane.Front, since));

    /// <summary>Whether something in the newest segment has to be synced and is but a little of what would be written with it.</summary>
    private bool IsDearToSync(long since)
    {
        long waiting = Active.PendingBytes;
        long anew = Active.Start - Active.Carried + waiting;
        return Active.IsAnchor && waiting <= CarriedRecords.MostBytes && Active.Length - Active.SyncedLength > 2 * anew && IsUnsynced(
            Active, since);
    }

    private void Start(Segment segment)
    {
        var before = Active;
        segment.Index ??= [];
        _segments.Add(segment.Number, segment);
        (Active, _begunAt) = (segment, clock.Now);
        if (before is null) return;
        Indexes.Keep(before);
        try
        {
            if (before.Parts.Count > 0) SegmentFooter.Write(before, _writer);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A footer only spares reading the segment.
        }
    }

    private void SyncNow(Segment segment)
    {
        if (Sync(segment) is { } exception) throw new IOException(exception.Message, exception);
        Synced(segment, segment.Length);
    }

    /// <summary>A snapshot was taken: it says what became of the records of segments in which nothing waits any more.</summary>
    private void MarkSpent(long number)
    {
        foreach (var segment in _segments.Values)
            if (segment is { Parts.Count: 0, SpentBy: null }) segment.SpentBy = number;
    }

    /// <summary>Lets go of segments that nobody needs any more: a snapshot that is synced says what became of their records.</summary>
    private void DeleteSpent()
    {
        long anchor = files is null ? Active.Number : _segments.Values.LastOrDefault(segment => segment.IsAnchor)?.Number ?? 0;
        foreach (var segment in _segments.Values.Where(segment => segment.SpentBy <= anchor).ToList())
        {
            _segments.Remove(segment.Number);
            Indexes.Forget(segment);
            segment.Dispose();
            if (!segment.IsFile) continue;
            try
            {
                if (segment.Damage is null) files?.Delete(segment.Number);
                else files?.SetAside(segment);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It will be found at the next start, and be empty then too.
            }
        }
    }

    /// <summary>Puts what waits in memory into files, now that there are some again.</summary>
    private void SaveMemory()
    {
        var waiting = _segments.Values.Where(segment => !segment.IsFile && segment.Parts.Count > 0).ToList();
        foreach (var segment in waiting)
        {
            var saved = SavedMemory.Of(segment, files!, book, _writer); // only called where there are files
            _segments[segment.Number] = saved;
            Indexes.Keep(saved);
            segment.Dispose();
        }

        // They count as synced, and so must their names.
        if (waiting.Count > 0) files!.Sync(); // as above
    }
}
