using BridgeFramework.Outbox;

namespace BridgeFramework.Benchmarks;

/// <summary>The outbox: lanes, sequence numbers, checksums, bounds, and a kernel that has every record when the call returns.</summary>
internal sealed class OutboxContender(TemporaryFolder folder) : AppendContender(folder, "outbox")
{
    // Nothing is to be dropped within a round.
    private static readonly OutboxOptions Options = new() { MaxBytes = 4L * 1024 * 1024 * 1024, CommitInterval = CommitInterval };
    private readonly string[] _owners = [.. Enumerable.Range(0, Owners).Select(owner => $"SUBPROD001/meter{owner:000}")];
    private readonly byte[] _record = new byte[RecordLength];

    public override string Name => $"LaneOutbox.AppendAsync, commit interval {CommitInterval.TotalSeconds:0} s";

    public override async Task<long> RunAsync(Round round)
    {
        await using var outbox = LaneOutbox.Open(Folder, Options, TimeProvider.System);
        outbox.AddOwners(_owners);
        long count = 0;
        for (; !round.IsOver; count++)
        {
            var result = await outbox.AppendAsync(_owners[count % Owners], _record, items: 1, filtered: 0, CancellationToken.None);
            if (!result.IsTaken) throw new InvalidOperationException($"Record {count} was refused: {result.Refused}.");
        }

        return count;
    }
}
