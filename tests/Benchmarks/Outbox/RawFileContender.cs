namespace BridgeFramework.Benchmarks;

/// <summary>The least there is: the bytes of the record at the end of one file, which could be found again by nobody.</summary>
internal sealed class RawFileContender(TemporaryFolder folder) : AppendContender(folder, "raw")
{
    private readonly byte[] _record = new byte[RecordLength];

    public override string Name => $"RandomAccess.Write of the same bytes to one file, synced every {CommitInterval.TotalSeconds:0} s";

    public override Task<long> RunAsync(Round round)
    {
        using var file = File.OpenHandle(Path.Combine(Folder, "raw"), FileMode.CreateNew, FileAccess.Write);
        long count = 0;
        var due = new Round(CommitInterval);
        for (; !round.IsOver; count++)
        {
            RandomAccess.Write(file, _record, count * RecordLength);
            if (!due.IsOver) continue;
            RandomAccess.FlushToDisk(file);
            due = new Round(CommitInterval);
        }

        RandomAccess.FlushToDisk(file);
        return Task.FromResult(count);
    }
}
