namespace BridgeFramework.IotHubEmulator;

/// <summary>Follows the numbers of all sub-devices. There are no more of them than the registry holds. Safe from any thread.</summary>
internal sealed class UplinkRecord(int samplesKept)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<HubDeviceId, Entry> _devices = [];
    private readonly ChangeSignal _changed = new();

    /// <param name="device">The device named by the topic.</param>
    /// <param name="receivedAs">Number of the message among all received.</param>
    /// <param name="payload">What it published.</param>
    public void Add(HubDeviceId device, long receivedAs, ReadOnlyMemory<byte> payload)
    {
        bool isReply = UplinkReader.IsReply(payload.Span);
        string fault = "";
        var message = isReply ? null : UplinkReader.TryRead(payload, out fault);
        lock (_lock)
        {
            if (!_devices.TryGetValue(device, out var entry)) _devices.Add(device, entry = new Entry());
            if (message is not null)
            {
                ref var lane = ref message.Lane is UplinkLaneKind.Live ? ref entry.Live : ref entry.Backfill;
                lane ??= new LaneRecord(device, message.Lane, samplesKept);
                lane.Add(message, receivedAs);
            }
            else if (isReply)
            {
                entry.Replies++;
            }
            else
            {
                entry.Foreign++;
                entry.ForeignReason = fault;
            }
        }

        _changed.Raise();
    }

    public IReadOnlyList<UplinkDevice> Snapshot()
    {
        lock (_lock)
        {
            return [.. _devices.Select(pair => new UplinkDevice
            {
                Device = pair.Key,
                Lanes = [.. new[] { pair.Value.Live, pair.Value.Backfill }.OfType<LaneRecord>().Select(lane => lane.Snapshot())],
                Replies = pair.Value.Replies,
                Foreign = pair.Value.Foreign,
                ForeignReason = pair.Value.ForeignReason,
            })];
        }
    }

    /// <summary>Completes when <paramref name="predicate"/> holds for a lane, now or later.</summary>
    public Task<UplinkLane> WaitForAsync(
        HubDeviceId device, UplinkLaneKind lane, Func<UplinkLane, bool> predicate, CancellationToken cancellationToken) =>
        _changed.FirstAsync(
            () => Snapshot().SelectMany(one => one.Lanes)
                .FirstOrDefault(one => one.Device == device && one.Lane == lane && predicate(one)),
            cancellationToken);

    public void Clear()
    {
        lock (_lock) _devices.Clear();
        _changed.Raise();
    }

    private sealed class Entry
    {
        public LaneRecord? Live;
        public LaneRecord? Backfill;
        public long Replies;
        public long Foreign;
        public string? ForeignReason;
    }
}
