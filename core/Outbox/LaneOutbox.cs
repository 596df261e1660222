using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Outbox;

/// <summary>An outbox on the disk, or in memory for those who can afford to lose it.</summary>
/// <remarks>
/// <para>On the disk, what <see cref="AppendAsync"/> has accepted outlives the process at once, since the kernel has it, and a power cut
/// after at most the commit interval. What is acknowledged before that costs next to nothing of the flash.</para>
/// <para>When a bound is met, something is given up by the owner's policy and counted. When the disk cannot be written, records wait in
/// memory until it can; nothing is thrown for it at those who report.</para>
/// </remarks>
public sealed class LaneOutbox : IOutbox, IAsyncDisposable
{
    private readonly OutboxClock _clock;
    private readonly LaneBook _book = new();
    private readonly OutboxLog _log;
    private readonly LogWriter _writer;
    private readonly Drops _drops;
    private readonly Intake _intake;
    private readonly ReadyLanes _ready = new();
    private readonly Action<OutboxBatch, int, DropReason?> _settle; // one for all batches
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _tending;
    private IReadOnlyList<string> _damage = [];
    private bool _isDisposed;

    /// <param name="files">The folder; null for memory.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="boot">Which start of the machine this is.</param>
    internal LaneOutbox(SegmentFiles? files, OutboxOptions options, TimeProvider time, string boot)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        if (options.Problem() is { } problem) throw new ArgumentException(problem, nameof(options));
        _settle = Settle;
        _clock = new OutboxClock(time);
        var bounds = new LogBounds(options.EffectiveSegmentBytes, options.MaxStoredBytes, options.MaxMemoryBytes);
        _log = new OutboxLog(files, bounds, _book, boot, _clock);
        _writer = new LogWriter(_log);
        _drops = new Drops(_writer);
        var retention = new Retention(options, _book, _log, _drops);
        _intake = new Intake(options, _log, _writer, retention, _clock);
        if (files is null || !Recover(files)) _book.Epochs.Begin();
        _log.Rotate(sync: true);
        Tender = new Tender(_gate, _log, retention, _drops, options.CommitInterval, _clock, time);
        _tending = Tender.RunAsync(_stopping.Token);
    }

    /// <inheritdoc/>
    public Action<OutboxDrop>? Dropped
    {
        get => _drops.Dropped;
        set => _drops.Dropped = value;
    }

    /// <inheritdoc/>
    public Action? Filled
    {
        get => _ready.Filled;
        set => _ready.Filled = value;
    }

    /// <summary>How many items were found torn, damaged or missing when it was opened; the ledgers count them as dropped.</summary>
    public long DamagedItems { get; private set; }

    /// <inheritdoc/>
    public OutboxStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new OutboxStatus
                {
                    Epoch = _book.Epochs.Current.Id,
                    PendingBytes = _book.Bytes,
                    StoredBytes = _log.StoredBytes,
                    OldestAge = _book.Lanes.Max(lane => lane.OldestAge(_clock.Now)),
                    Trouble = _log.Trouble ?? Tender.Trouble,
                    Damage = _damage,
                };
            }
        }
    }

    internal Tender Tender { get; }

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
        var files = SegmentFiles.Claim(folder);
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
                _book.Add(owner);
                any = true;
            }

            // With the snapshot of a new segment, so that their numbers are reserved before one is sent.
            if (any) _log.Rotate(sync: true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(
        string owner, ReadOnlyMemory<byte> record, int items, int filtered, CancellationToken cancellationToken)
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
            result = _intake.Append(owner, kind, record, items, filtered);
            _ready.Offer(owner.Lanes[(int)result.Kind]);
            drops = _drops.Take();
        }

        _drops.Tell(drops);
        return result;
    }

    /// <inheritdoc/>
    public void Filter(string owner, int items)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(items);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _intake.Filter(OwnerOf(owner), items);
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
            while (batch is null && !_isDisposed && _ready.TryNext(kind, out var lane))
            {
                batch = new BatchReader(_log.Indexes, _drops, lane, _book.Epochs).Read(_settle, maxRecords(lane.Lane.Owner), maxBytes);
                if (batch is null) _ready.Offer(lane); // what stands behind that which could not be read
            }

            drops = _drops.Take();
        }

        _drops.Tell(drops);
        return batch is not null;
    }

    /// <inheritdoc/>
    public int Ready(LaneKind kind)
    {
        lock (_gate) return _ready.Count(kind);
    }

    /// <inheritdoc/>
    public LaneStatus StatusOf(Lane lane)
    {
        lock (_gate)
        {
            if (!_book.TryFind(lane.Owner ?? "", out var owner)) return new LaneStatus(1, 0, 0, 0, 0, null);
            var state = owner.Lanes[(int)lane.Kind];
            var age = state.OldestAge(_clock.Now);
            return new LaneStatus(state.Next, state.Acknowledged, state.Dropped.Sum(), state.Pending, state.Bytes, age);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<OwnerLedger> Ledgers()
    {
        lock (_gate) return [.. _book.Owners.Select(owner => owner.Ledger(_clock.Now))];
    }

    /// <summary>Writes down that all is in order, and closes the files. What waits is there again at the next start.</summary>
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
            foreach (var (segment, _) in _log.Unsynced(since: _clock.Now)) _log.Sync(segment);
            _writer.Close();
            if (_log.Active.IsFile) _log.Sync(_log.Active);
            if (_log.Table is { } table) table.Write(table.TakeFinal());
            _log.Dispose();
        }

        _stopping.Dispose();
    }

    /// <returns>Whether numbers go on where they were.</returns>
    private bool Recover(SegmentFiles files)
    {
        var recovery = new LogRecovery(files, _log, _book);
        recovery.Run();
        _clock.Resume(recovery.Clock);
        (DamagedItems, _damage) = (recovery.Damaged, recovery.Damage);
        return recovery.IsProven;
    }

    private void Settle(OutboxBatch batch, int items, DropReason? drop)
    {
        List<OutboxDrop>? drops;
        lock (_gate)
        {
            if (_isDisposed || !_book.TryFind(batch.Lane.Owner, out var owner)) return;
            var lane = owner.Lanes[(int)batch.Lane.Kind];
            long until = batch.FirstSequence + items;
            lane.OutUntil = 0;
            if (items > 0 && drop is { } reason) _drops.GiveUp(lane, until, reason);
            else if (items > 0) _writer.Acknowledge(lane, until);
            _ready.Offer(lane);
            drops = _drops.Take();
        }

        _drops.Tell(drops);
    }

    private OwnerState OwnerOf(string name)
    {
        if (_book.TryFind(name ?? "", out var owner)) return owner;
        owner = _book.Add(name);
        _log.Rotate(sync: true);
        return owner;
    }

    private void SetOpen(string owner, bool open)
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            var state = OwnerOf(owner);
            state.IsOpen = open;
            foreach (var lane in state.Lanes) _ready.Offer(lane);
        }
    }
}
