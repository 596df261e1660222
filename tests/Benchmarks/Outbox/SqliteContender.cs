namespace BridgeFramework.Benchmarks;

/// <summary>SQLite: a transaction for the records of a commit interval. What is in an open one is lost when the process ends.</summary>
internal sealed class SqliteContender(TemporaryFolder folder) : AppendContender(folder, "sqlite")
{
    private readonly byte[] _record = new byte[RecordLength];

    public override string Name => $"SQLite, WAL, synchronous=FULL, a transaction every {CommitInterval.TotalSeconds:0} s";

    public override Task<long> RunAsync(Round round)
    {
        using var queue = new SqliteQueue(Path.Combine(Folder, "queue.db"));
        long count = 0;
        var due = new Round(CommitInterval);
        for (; !round.IsOver; count++)
        {
            queue.Insert((int)(count % Owners), _record);
            if (!due.IsOver) continue;
            queue.Commit();
            due = new Round(CommitInterval);
        }

        queue.Commit();
        return Task.FromResult(count);
    }
}
