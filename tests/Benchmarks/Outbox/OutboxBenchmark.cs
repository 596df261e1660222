namespace BridgeFramework.Benchmarks;

/// <summary>What taking a record costs the outbox.</summary>
internal static class OutboxBenchmark
{
    public static async Task RunAsync(Comparison comparison, TextWriter output)
    {
        using var folder = new TemporaryFolder();
        await using var raw = new RawFileContender(folder);
        await using var sqlite = new SqliteContender(folder);
        await using var ours = new OutboxContender(folder);
        string what =
            $"records of {AppendContender.RecordLength} bytes of {AppendContender.Owners} owners appended, all safe at the end of a round";
        await comparison.RunAsync($"outbox against a file: {what}", "record", raw, ours, output);
        await comparison.RunAsync($"outbox against SQLite: {what}", "record", sqlite, ours, output);
    }
}
