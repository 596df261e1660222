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
    private readonly Retention _retention;
    private readonly OutboxLog _log;
    private readonly LogWriter _writer;
    private readonly Drops _drops;
    private readonly Intake _intake;
    private readonly Outlet _outlet;
    private readonly Roster _roster;
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
        OutboxOptions.Validate(options);
        ArgumentNullException.ThrowIfNull(time);
        (_settle, _clock) = (Settle, new OutboxClock(time));
        var bounds = new BoundsInForce(options);
        _log = new OutboxLog(files, bounds, _book, boot, _clock);
        _writer = new LogWriter(_log);
        _drops = new Drops(_writer);
        _retention = new Retention(bounds, _book, _log, _drops);
        _intake = new Intake(bounds, _log, _writer, _retention, _clock);
        _roster = new Roster(_book, _log, _writer, _drops, options.MostLeft);
        _outlet = new Outlet(_book, _log, _writer, _drops, _roster, _ready);
        if (files is null || !Recover(files)) _book.Epochs.Begin();
        _log.Rotate(sync: true);
        _roster.CompleteRemovals();
        Tender = new Tender(_gate, _log, _retention, _drops, bounds, _clock, time);
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
            lock (_gate) return OutboxStatus.Of(_book, _log, Tender.Trouble, _damage, _clock.Now);
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
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _roster.Add(owners);
        }
    }

    /// <summary>Goes by other bounds from now on. What waits beyond smaller ones is given up, the oldest first, as if it made room;
    /// what of it is under way, when it is not any more.</summary>
    /// <param name="options">Its bounds.</param>
    /// <exception cref="ArgumentException">A bound is out of range; nothing has changed.</exception>
    public void Apply(OutboxOptions options) => Change(() => _retention.Apply(options));

    /// <inheritdoc/>
    public void RemoveOwner(string owner) => Change(() => _roster.Remove(owner));

    /// <inheritdoc/>
    public bool IsDrained(string owner)
    {
        lock (_gate) return !_book.TryFind(owner, out var state) || state.IsDrained;
    }

    /// <inheritdoc/>
    public Task WaitUntilDrainedAsync(string owner, CancellationToken cancellationToken)
    {
        lock (_gate) return _book.TryFind(owner, out var state) ? state.Drained.WaitAsync(cancellationToken) : Task.CompletedTask;
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
            var owner = _roster.Find(name);
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
            _intake.Filter(_roster.Find(owner), items);
        }
    }

    /// <inheritdoc/>
    public void Refuse(string owner, int items)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(items);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _intake.Refuse(_roster.Find(owner), items, DropReason.Removed);
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
        List<OutboxDrop>? drops;
        lock (_gate)
        {
            batch = _isDisposed ? null : _outlet.Take(kind, _settle, maxRecords, maxBytes);
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
            return _book.TryFind(lane.Owner ?? "", out var owner) ? owner.Lanes[(int)lane.Kind].Status(_clock.Now) : LaneStatus.Unused;
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
            _writer.Close(_clock.Now);
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
            if (_isDisposed) return;
            _outlet.Settle(batch, items, drop);
            drops = _drops.Take();
        }

        _drops.Tell(drops);
    }

    /// <summary>Changes something that makes it give up records.</summary>
    private void Change(Action change)
    {
        List<OutboxDrop>? drops;
        lock (_gate)
        {
            if (_isDisposed) return;
            change();
            drops = _drops.Take();
        }

        _drops.Tell(drops);
    }

    private void SetOpen(string owner, bool open)
    {
        lock (_gate)
        {
            if (!_isDisposed) _outlet.SetOpen(owner, open);
        }
    }
}
