using BridgeFramework.Outbox;

namespace BridgeFramework.Benchmarks;

/// <summary>The load on the outbox as it comes out of the box: commit interval of 1 s.</summary>
internal sealed class OutboxLoad : FlashLoad
{
    private const int MaxRecords = 4096;
    private const int MaxBytes = 48 * 1024;
    private readonly LaneOutbox _outbox;

    public OutboxLoad(FlashLink link, LoopDisk disk, TimeProvider time)
        : base("outbox", link, disk)
    {
        _outbox = LaneOutbox.Open(Path.Combine(disk.Folder, "outbox"), new OutboxOptions(), time);
        _outbox.AddOwners(Enumerable.Range(0, Devices).Select(OwnerOf));
        if (link.Least is null) return;
        for (int device = 0; device < Devices; device++) _outbox.Open(OwnerOf(device));
    }

    protected override void Append(int device, ReadOnlyMemory<byte> record)
    {
        // On the disk it is complete when it returns.
        var result = _outbox.AppendAsync(OwnerOf(device), record, MeterValues.Count, filtered: 0, CancellationToken.None);
        if (!result.IsCompletedSuccessfully) throw new InvalidOperationException("The outbox made a record wait.");
    }

    protected override void Send(Action<Action> send)
    {
        foreach (var kind in (ReadOnlySpan<LaneKind>)[LaneKind.Live, LaneKind.Backfill])
        {
            while (_outbox.TryTake(kind, _ => MaxRecords, MaxBytes, out var batch))
            {
                var taken = batch;
                send(() => taken.Acknowledge(taken.Items));
            }
        }
    }

    protected override void Commit(TimeSpan now)
    {
        // It does so by itself.
    }

    protected override ValueTask CloseStoreAsync() => _outbox.DisposeAsync();

    private static string OwnerOf(int device) => $"SUBPROD001/meter{device:000}";
}
