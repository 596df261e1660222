using System.Buffers;
using System.Threading.Channels;

namespace BridgeFramework.Outbox;

/// <summary>An outbox that lives in memory: what waits in it is lost when the process ends.</summary>
/// <remarks>Bounded by bytes per lane and in total. A full one drops the oldest record that is not under way, never the newest, and counts it.</remarks>
public sealed class MemoryOutbox : IOutbox
{
    private readonly MemoryOutboxOptions _options;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    // A lane is in the turn when it is open, not empty and has no record under way: taking needs no search.
    private readonly Channel<Lane> _turn = Channel.CreateUnbounded<Lane>();
    private long _bytes;

    /// <summary>Opens an empty outbox.</summary>
    /// <param name="options">Its bounds.</param>
    public MemoryOutbox(MemoryOutboxOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(string lane, ReadOnlyMemory<byte> record, int items, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        long largest = Math.Min(_options.MaxLaneBytes, _options.MaxBytes);
        if (record.Length > largest)
            throw new ArgumentException($"A record of {record.Length} bytes does not fit lane {lane}: at most {largest}.", nameof(record));

        byte[] bytes = ArrayPool<byte>.Shared.Rent(record.Length);
        record.CopyTo(bytes);
        lock (_gate)
        {
            var target = LaneOf(lane);
            while (target.Bytes + record.Length > _options.MaxLaneBytes && target.DropOldest(out int freed)) _bytes -= freed;
            while (_bytes + record.Length > _options.MaxBytes && Longest().DropOldest(out int freed)) _bytes -= freed;
            target.Waiting.Enqueue(new Record(bytes, record.Length, target.Appended + 1, items));
            target.Appended += items;
            target.Bytes += record.Length;
            _bytes += record.Length;
            OfferTurn(target);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Open(string lane) => SetOpen(lane, open: true);

    /// <inheritdoc/>
    public void Close(string lane) => SetOpen(lane, open: false);

    /// <inheritdoc/>
    public async ValueTask<OutboxLease> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var lane = await _turn.Reader.ReadAsync(cancellationToken);
            lock (_gate)
            {
                lane.HasTurn = false;
                // It may have been closed since it got its turn.
                if (lane.CanBeTaken) return lane.Take(this);
            }
        }
    }

    /// <inheritdoc/>
    public LaneStatus StatusOf(string lane)
    {
        lock (_gate)
            return _lanes.TryGetValue(lane, out var found)
                ? new LaneStatus(found.Appended, found.Acknowledged, found.Dropped, found.Bytes)
                : default;
    }

    private void SetOpen(string lane, bool open)
    {
        lock (_gate)
        {
            var target = LaneOf(lane);
            target.IsOpen = open;
            OfferTurn(target);
        }
    }

    private void Settle(Lease lease, Settlement settlement)
    {
        lock (_gate)
        {
            var lane = lease.Source;
            if (!ReferenceEquals(lane.UnderWay, lease)) throw new InvalidOperationException($"The record of lane {lane.Name} is settled already.");
            lane.UnderWay = null;
            if (settlement != Settlement.PutBack) _bytes -= lane.Settle(acknowledged: settlement == Settlement.Acknowledged);
            OfferTurn(lane);
        }
    }

    private void OfferTurn(Lane lane)
    {
        if (lane.HasTurn || !lane.CanBeTaken) return;
        lane.HasTurn = true;
        _turn.Writer.TryWrite(lane);
    }

    private Lane LaneOf(string name)
    {
        if (!_lanes.TryGetValue(name, out var lane)) _lanes.Add(name, lane = new Lane(name));
        return lane;
    }

    private Lane Longest() => _lanes.Values.MaxBy(lane => lane.DroppableBytes)!; // only asked when there is a lane

    private enum Settlement
    {
        Acknowledged,
        PutBack,
        Dropped,
    }

    private readonly record struct Record(byte[] Bytes, int Length, long FirstSequence, int Items);

    private sealed class Lane(string name)
    {
        // The first record stands apart from the queue, so that one that is put back is the first again.
        private Record? _first;

        public string Name { get; } = name;
        public Queue<Record> Waiting { get; } = new();
        public Lease? UnderWay { get; set; }
        public bool IsOpen { get; set; }
        public bool HasTurn { get; set; }
        public long Appended { get; set; }
        public long Acknowledged { get; private set; }
        public long Dropped { get; private set; }
        public long Bytes { get; set; }
        public bool CanBeTaken => IsOpen && UnderWay is null && (_first is not null || Waiting.Count > 0);
        public long DroppableBytes => Bytes - (UnderWay?.Record.Length ?? 0);

        public Lease Take(MemoryOutbox outbox)
        {
            var first = _first ??= Waiting.Dequeue();
            return UnderWay = new Lease(outbox, this, first);
        }

        /// <returns>How many bytes are free now.</returns>
        public int Settle(bool acknowledged)
        {
            var record = RemoveFirst();
            if (acknowledged) Acknowledged += record.Items;
            else Dropped += record.Items;
            return record.Length;
        }

        public Record RemoveFirst()
        {
            var first = _first ?? Waiting.Dequeue();
            _first = null;
            Free(first);
            return first;
        }

        public bool DropOldest(out int freed)
        {
            freed = 0;
            Record oldest;
            // What is under way may be arriving just now: it is not dropped.
            if (UnderWay is null && _first is not null) oldest = RemoveFirst();
            else if (Waiting.TryDequeue(out oldest)) Free(oldest);
            else return false;
            Dropped += oldest.Items;
            freed = oldest.Length;
            return true;
        }

        private void Free(Record record)
        {
            Bytes -= record.Length;
            ArrayPool<byte>.Shared.Return(record.Bytes);
        }
    }

    private sealed class Lease(MemoryOutbox outbox, Lane lane, Record record) : OutboxLease
    {
        public Lane Source => lane;
        public override string Lane => lane.Name;
        public override ReadOnlyMemory<byte> Record => record.Bytes.AsMemory(0, record.Length);
        public override long FirstSequence => record.FirstSequence;
        public override void Acknowledge() => outbox.Settle(this, Settlement.Acknowledged);
        public override void PutBack() => outbox.Settle(this, Settlement.PutBack);
        public override void Drop() => outbox.Settle(this, Settlement.Dropped);
    }
}
