using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Outbox;

/// <summary>An outbox on the disk, or in memory for those who can afford to lose it.</summary>
/// <remarks>
/// <para>On the disk, what <see cref="AppendAsync"/> has accepted outlives the process at once, since the kernel has it, and a power cut after at
/// most the commit interval. What is acknowledged before that costs next to nothing of the flash.</para>
/// <para>When a bound is met, something is given up by the owner's policy and counted. When the disk cannot be written, records wait in
/// memory until it can; nothing is thrown for it at those who report.</para>
/// </remarks>
public sealed class LaneOutbox : IOutbox, IAsyncDisposable
{
    private const int TendingsPerInterval = 4;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan SlowSync = TimeSpan.FromSeconds(2);
    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly LaneBook _book = new();
    private readonly OutboxLog _log;
    private readonly Retention _retention;
    private readonly Lock _gate = new();
    private readonly FrameWriter _writer = new();
    private readonly TurnQueue[] _turns = [new(), new()];
    private readonly CancellationTokenSource _stopping = new();
    private readonly long _clockBase;
    private readonly long _openedAt;
    private readonly Task _tending;
    private List<OutboxDrop> _drops = [];
    private string? _slow;
    private bool _isDisposed;

    /// <param name="files">The folder; null for memory.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="boot">Which start of the machine this is.</param>
    internal LaneOutbox(IFileLayer? files, OutboxOptions options, TimeProvider time, string boot)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        if (options.Problem() is { } problem) throw new ArgumentException(problem, nameof(options));
        (_options, _time, _openedAt) = (options, time, time.GetTimestamp());
        _log = new OutboxLog(files, options, _book, boot, () => Now);
        _retention = new Retention(options, _book, _log, GiveUp);
        if (files is not null)
        {
            var recovery = new LogRecovery(files, _log, _book);
            recovery.Run();
            (_clockBase, DamagedItems) = (recovery.Clock, recovery.Damaged);
        }

        _log.Rotate(sync: true);
        _tending = TendAsync();
    }

    /// <inheritdoc/>
    public Action<OutboxDrop>? Dropped { get; set; }

    /// <inheritdoc/>
    public Action? Filled { get; set; }

    /// <summary>How many items were found torn, damaged or missing when it was opened; the ledgers count them as dropped.</summary>
    public long DamagedItems { get; }

    /// <inheritdoc/>
    public OutboxStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new OutboxStatus
                {
                    PendingBytes = _book.Bytes,
                    StoredBytes = _log.StoredBytes,
                    OldestAge = _book.Lanes.Max(lane => lane.OldestAge(Now)),
                    Trouble = _log.Trouble ?? _slow,
                };
            }
        }
    }

    /// <summary>The clock of the outbox, in ms: how long it has been open in its life.</summary>
    private long Now => _clockBase + (long)_time.GetElapsedTime(_openedAt).TotalMilliseconds;

    /// <summary>Opens the outbox of a folder, with all that waits in it.</summary>
    /// <param name="folder">The folder; made if it is not there. Its content is readable by the owner of the process only.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="time">The clock; only its steady part is used.</param>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    /// <exception cref="IOException">The folder cannot be used, another process has it open, or another version has written it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be used.</exception>
    public static LaneOutbox Open(string folder, OutboxOptions options, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
#pragma warning disable IDISP001 // handed over
        var files = new DiskFiles(folder);
#pragma warning restore IDISP001
        try
        {
            return new LaneOutbox(files, options, time, BootId.Read());
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Makes an empty outbox whose content is lost when the process ends.</summary>
    /// <param name="options">Its bounds.</param>
    /// <param name="time">The clock; only its steady part is used.</param>
    /// <exception cref="ArgumentException">A bound is out of range.</exception>
    public static LaneOutbox InMemory(OutboxOptions options, TimeProvider time) => new(files: null, options, time, boot: "");

    /// <inheritdoc/>
    public void AddOwners(IEnumerable<string> owners)
    {
        ArgumentNullException.ThrowIfNull(owners);
        lock (_gate)
        {
            bool any = false;
            foreach (string owner in owners.Where(owner => !_book.TryFind(owner, out _)))
            {
                Add(owner);
                any = true;
            }

            // With the snapshot of a new segment, so that their numbers are reserved before one is sent.
            if (any) _log.Rotate(sync: true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(string owner, ReadOnlyMemory<byte> record, int items, int filtered, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<AppendResult>(Append(owner, kind: null, record.Span, items, filtered));
    }

    /// <summary>As <see cref="AppendAsync"/>: the kernel takes the record without making us wait, or we wait in it.</summary>
    internal AppendResult Append(string name, LaneKind? kind, ReadOnlySpan<byte> record, int items, int filtered)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(filtered);
        AppendResult result;
        List<OutboxDrop>? drops;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var owner = OwnerOf(name);
            owner.Reported += items + filtered;
            owner.Filtered += filtered;
            result = Append(owner, owner.Lanes[(int)(kind ?? KindFor(owner))], record, items);
            drops = TakeDrops();
        }

        Tell(drops);
        return result;
    }

    /// <inheritdoc/>
    public void Filter(string owner, int items)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(items);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var state = OwnerOf(owner);
            state.Reported += items;
            state.Filtered += items;
            WriteAccount(state);
        }
    }

    /// <inheritdoc/>
    public void Open(string owner) => SetOpen(owner, open: true);

    /// <inheritdoc/>
    public void Close(string owner) => SetOpen(owner, open: false);

    /// <inheritdoc/>
    public bool TryTake(LaneKind kind, Func<string, int> maxRecords, int maxBytes, [NotNullWhen(true)] out OutboxBatch? batch)
    {
        ArgumentNullException.ThrowIfNull(maxRecords);
        batch = null;
        List<OutboxDrop>? drops;
        lock (_gate)
        {
            while (batch is null && !_isDisposed && _turns[(int)kind].TryNext(out var lane)) batch = Take(lane, maxRecords(lane.Lane.Owner), maxBytes);
            drops = TakeDrops();
        }

        Tell(drops);
        return batch is not null;
    }

    /// <inheritdoc/>
    public int Ready(LaneKind kind)
    {
        lock (_gate) return _turns[(int)kind].Count;
    }

    /// <inheritdoc/>
    public LaneStatus StatusOf(Lane lane)
    {
        lock (_gate)
        {
            if (!_book.TryFind(lane.Owner ?? "", out var owner)) return new LaneStatus(1, 0, 0, 0, 0, null);
            var state = owner.Lanes[(int)lane.Kind];
            return new LaneStatus(state.Next, state.Acknowledged, state.Dropped.Sum(), state.Pending, state.Bytes, state.OldestAge(Now));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<OwnerLedger> Ledgers()
    {
        lock (_gate) return [.. _book.Owners.Select(owner => owner.Ledger(Now))];
    }

    /// <summary>Writes down that all is in order, and lets go of the files. What waits is there again at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _tending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            // What is younger than the commit interval may be in a segment before the newest, and nobody looks after it from here on.
            foreach (var (segment, _) in _log.Unsynced(since: Now)) _log.Sync(segment);
            _log.Write(_writer.Begin(FrameKind.Closed).End());
            if (_log.Active.IsFile) _log.Sync(_log.Active);
            _log.Dispose();
        }

        _stopping.Dispose();
    }

    internal void Settle(OutboxBatch batch, int items, DropReason? drop)
    {
        List<OutboxDrop>? drops;
        lock (_gate)
        {
            if (_isDisposed || !_book.TryFind(batch.Lane.Owner, out var owner)) return;
            var lane = owner.Lanes[(int)batch.Lane.Kind];
            long until = batch.FirstSequence + items;
            lane.OutUntil = 0;
            if (items > 0 && drop is { } reason)
            {
                GiveUp(lane, until, reason);
            }
            else if (items > 0)
            {
                _log.Write(_writer.Begin(FrameKind.Acknowledged).Number(lane.Number).Number(until).End());
                lane.Acknowledge(until);
            }

            Offer(lane);
            drops = TakeDrops();
        }

        Tell(drops);
    }

    /// <summary>What there is to do now and then; by the outbox itself, and by tests that hold the clock.</summary>
    internal void Tend()
    {
        IReadOnlyList<(Segment Segment, int Length)> unsynced;
        List<OutboxDrop>? drops;
        lock (_gate)
        {
            // What waits is looked at four times in an interval and synced at the third: once in an interval, and never too late.
            long overdue = Now - (long)(_options.CommitInterval.TotalMilliseconds * (TendingsPerInterval - 1) / TendingsPerInterval);
            _retention.Tend(Now);
            _log.Tend(overdue);
            unsynced = _log.Unsynced(overdue);
            drops = TakeDrops();
        }

        Tell(drops);
        foreach (var (segment, length) in unsynced) Sync(segment, length);
    }

    private void Sync(Segment segment, int length)
    {
        long begun = _time.GetTimestamp();
        var failure = _log.Sync(segment);
        var took = _time.GetElapsedTime(begun);
        lock (_gate)
        {
            _slow = took < SlowSync ? null : $"The disk is slow: it took {took.TotalSeconds:0.0} s to make {length} bytes of the outbox safe. Until that is done a power cut takes more than the commit interval.";
            if (failure is null) _log.Synced(segment, length);
            // Syncing the same file again would say yes and mean nothing.
            else if (_log.Active.IsFile) _log.Fail(failure);
        }
    }

    private async Task TendAsync()
    {
        var pause = _options.CommitInterval / TendingsPerInterval;
        if (_options.CommitInterval == TimeSpan.Zero || pause > LongestPause) pause = LongestPause;
        if (pause < ShortestPause) pause = ShortestPause;
        using var timer = new PeriodicTimer(pause, _time);
        while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false)) Tend();
    }

    private LaneKind KindFor(OwnerState owner) =>
        owner.Lanes[(int)LaneKind.Live].OldestAge(Now) > _options.LiveFor ? LaneKind.Backfill : LaneKind.Live;

    private OwnerState OwnerOf(string name)
    {
        if (_book.TryFind(name ?? "", out var owner)) return owner;
        owner = Add(name);
        _log.Rotate(sync: true);
        return owner;
    }

    private OwnerState Add(string? name) => name is { Length: >= 1 and <= MaxOwnerLength }
        ? _book.Add(name)
        : throw new ArgumentException($"An owner has 1 to {MaxOwnerLength} characters, this one has {name?.Length ?? 0}.", nameof(name));

    private const int MaxOwnerLength = 256;

    private AppendResult Append(OwnerState owner, LaneState lane, ReadOnlySpan<byte> record, int items)
    {
        if (_retention.MakeRoom(owner, record.Length) is { } refused)
        {
            owner.Refused[(int)refused] += items;
            WriteAccount(owner);
            return new AppendResult(lane.Lane.Kind, 0, refused);
        }

        if (_log.Active.IsFile && lane.Next + items > lane.Reserved) _log.Rotate(sync: true);
        long now = Now;
        long sequence = lane.Next;
        var frame = _writer.Begin(FrameKind.Append).Number(lane.Number).Number(sequence).Number(items).Number(now)
            .Number(owner.Reported).Number(owner.Filtered).Bytes(record).End();
        var (segment, offset) = _log.Write(frame, sync: _options.CommitInterval == TimeSpan.Zero);
        var place = new RecordPlace(offset, frame.Length, sequence, items, now);
        lane.Add(segment, place);
        Offer(lane);
        return new AppendResult(lane.Lane.Kind, sequence, Refused: null);
    }

    private void GiveUp(LaneState lane, long until, DropReason reason)
    {
        long from = lane.Front;
        _log.Write(_writer.Begin(FrameKind.Dropped).Number(lane.Number).Number(until).Number((int)reason).End());
        long items = lane.GiveUp(until, reason);
        if (items > 0) _drops.Add(new OutboxDrop(lane.Lane, from, items, reason));
    }

    private void WriteAccount(OwnerState owner) =>
        _log.Write(_writer.Begin(FrameKind.Account).Number(owner.Lanes[0].Number).Number(owner.Reported).Number(owner.Filtered).Numbers(owner.Refused).End());

    private OutboxBatch? Take(LaneState lane, int maxRecords, int maxBytes)
    {
        try
        {
            return new BatchReader(_log, lane).Read(this, maxRecords, maxBytes, damaged => GiveUp(lane, damaged, DropReason.Damaged));
        }
        catch (IOException)
        {
            // The segment cannot be read: what it has of the lane is given up, or nothing behind it would ever go.
            GiveUp(lane, lane.Parts[0].End, DropReason.Damaged);
            Offer(lane);
            return null;
        }
    }

    private void SetOpen(string owner, bool open)
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            var state = OwnerOf(owner);
            state.IsOpen = open;
            foreach (var lane in state.Lanes) Offer(lane);
        }
    }

    private void Offer(LaneState lane)
    {
        if (_turns[(int)lane.Lane.Kind].Offer(lane)) Filled?.Invoke();
    }

    private List<OutboxDrop>? TakeDrops()
    {
        if (_drops.Count == 0) return null;
        var drops = _drops;
        _drops = [];
        return drops;
    }

    private void Tell(List<OutboxDrop>? drops)
    {
        if (drops is null || Dropped is not { } dropped) return;
        foreach (var drop in drops) dropped(drop);
    }
}
