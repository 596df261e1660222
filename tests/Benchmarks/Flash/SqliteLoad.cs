namespace BridgeFramework.Benchmarks;

/// <summary>The load on SQLite: what was added and what was acknowledged within a second is one transaction.</summary>
/// <remarks>Unlike the outbox it loses what was added since the last commit when the process ends.</remarks>
internal sealed class SqliteLoad(FlashLink link, LoopDisk disk) : FlashLoad("SQLite", link, disk)
{
    private static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(1);
    private readonly SqliteQueue _queue = new(Path.Combine(disk.Folder, "queue.db"));
    private readonly Queue<long> _unsent = new();
    private TimeSpan _committedAt;

    protected override void Append(int device, ReadOnlyMemory<byte> record) => _unsent.Enqueue(_queue.Insert(device, record.ToArray()));

    protected override void Send(Action<Action> send)
    {
        while (_unsent.TryDequeue(out long id)) send(() => _queue.Delete(id));
    }

    protected override void Commit(TimeSpan now)
    {
        if (now - _committedAt < CommitInterval) return;
        _queue.Commit();
        _committedAt = now;
    }

    protected override ValueTask CloseStoreAsync()
    {
        _queue.Dispose();
        return ValueTask.CompletedTask;
    }
}
