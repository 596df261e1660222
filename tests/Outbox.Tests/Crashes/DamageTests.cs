namespace BridgeFramework.Outbox.Tests;

/// <summary>What a disk may do to a file behind the gateway's back: what can be read is sent, what cannot is
/// told, no number is given twice.</summary>
public sealed class DamageTests
{
    private static readonly OutboxOptions Options = new() { SegmentBytes = 64 * 1024 };

    public static TheoryData<Harm, bool> Harms
    {
        get
        {
            var all = new TheoryData<Harm, bool>();
            foreach (var harm in Enum.GetValues<Harm>())
            {
                all.Add(harm, false);
                all.Add(harm, true);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Harms))]
    public async Task Damage_of_the_newest_segment_is_told_and_numbers_go_on_in_another_epoch(Harm harm, bool isClosed)
    {
        await using var bench = new OutboxBench(Options);
        bench.Fill(1, 40);
        string before = bench.Outbox.Status.Epoch;
        if (isClosed) await bench.Outbox.DisposeAsync();

        bench.Damage(bench.Newest, harm);
        bench.Kill();

        Assert.NotEmpty(bench.Outbox.Status.Damage);
        Assert.NotEqual(before, bench.Outbox.Status.Epoch, StringComparer.Ordinal);
        bench.AssertBalanced();
        var ledger = bench.Ledger("a");
        if (isClosed) Assert.Equal((40, 40), (ledger.Reported, ledger.Pending + ledger.DroppedInAll));
        Assert.Equal(ledger.DroppedInAll, bench.Outbox.DamagedItems);
        bool isReadable = harm is Harm.FirstByteOfHead or Harm.LastByteOfHead;
        Assert.Equal(isReadable ? 40 : ledger.Pending, ledger.Pending);

        var sent = bench.Sent();
        Assert.All(sent, each => Assert.Equal(before, each.Epoch));
        Assert.Equal(ledger.Pending, sent.Count);
        bench.Fill(41, 41);
        Assert.NotEqual(before, Assert.Single(bench.Sent()).Epoch, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_segment_without_a_readable_beginning_is_kept_when_it_is_not_needed_any_more()
    {
        await using var bench = new OutboxBench(Options);
        bench.Fill(1, 40);
        string newest = bench.Newest;
        bench.Damage(newest, Harm.FirstByteOfHead);
        bench.Kill();
        Assert.Contains($"It is kept as {newest}.damaged", Assert.Single(bench.Outbox.Status.Damage), StringComparison.Ordinal);

        Assert.Equal(40, bench.Sent().Count);
        bench.Outbox.AddOwners(["b"]); // a new segment
        bench.Outbox.AddOwners(["c"]);
        Assert.Contains($"{newest}.damaged", bench.Disk.FilesIn(OutboxBench.Folder).Keys, StringComparer.Ordinal);
        bench.Kill();
        Assert.Empty(bench.Outbox.Status.Damage);
    }

    [Fact]
    public async Task A_draft_whose_beginning_is_damaged_is_kept_as_well()
    {
        await using var bench = new OutboxBench(Options);
        bench.Fill(1, 70); // begins a second segment, which nobody has synced yet
        string newest = bench.Newest;
        Assert.EndsWith(".begun", newest, StringComparison.Ordinal);
        bench.Damage(newest, Harm.FirstByteOfHead);
        bench.Kill();
        Assert.Single(bench.Outbox.Status.Damage);

        Assert.Equal(70, bench.Sent().Count);
        bench.Outbox.AddOwners(["b"]);
        bench.Outbox.AddOwners(["c"]);
        bench.Kill();
        Assert.Empty(bench.Outbox.Status.Damage);
        string kept = Path.ChangeExtension(newest, ".outbox.damaged");
        Assert.Contains(kept, bench.Disk.FilesIn(OutboxBench.Folder).Keys, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Of_many_damaged_segments_the_last_four_are_kept()
    {
        await using var bench = new OutboxBench(Options);
        for (int round = 0; round < 6; round++)
        {
            bench.Fill(1, 3);
            bench.Damage(bench.Newest, Harm.FirstByteOfHead);
            bench.Kill();
            bench.Sent();
            bench.Outbox.AddOwners([$"b{round}"]);
            bench.Outbox.AddOwners([$"c{round}"]);
        }

        Assert.Equal(4, bench.Disk.FilesIn(OutboxBench.Folder).Keys.Count(name => name.EndsWith(".damaged", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Damage_of_the_table_alone_changes_nothing()
    {
        await using var bench = new OutboxBench(Options);
        bench.Fill(1, 40);
        string before = bench.Outbox.Status.Epoch;
        bench.Disk.Change($"{OutboxBench.Folder}/{TableFile.Name}", bytes => new byte[bytes.Length]);
        bench.Kill();

        Assert.Equal(before, bench.Outbox.Status.Epoch);
        Assert.Equal(40, bench.Sent().Count);
    }

    [Fact]
    public async Task Without_the_table_records_behind_a_damaged_beginning_are_told_and_kept()
    {
        await using var bench = new OutboxBench(Options);
        bench.Fill(1, 40);
        string newest = bench.Newest;
        bench.Damage(newest, Harm.FirstByteOfHead);
        bench.Disk.Change($"{OutboxBench.Folder}/{TableFile.Name}", bytes => new byte[bytes.Length]);
        bench.Kill();

        Assert.Contains("40 records in them belong to sub-devices", bench.Outbox.Status.Damage[^1], StringComparison.Ordinal);
        bench.Outbox.AddOwners(["b"]);
        Assert.Contains($"{newest}.damaged", bench.Disk.FilesIn(OutboxBench.Folder).Keys, StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_arrived_before_a_beginning_was_damaged_counts_as_arrived()
    {
        await using var bench = new OutboxBench(Options);
        bench.Fill(1, 500);
        Assert.Equal(500, bench.Sent().Count);
        bench.Pass(TimeSpan.FromSeconds(30)); // the segments of these go, and the table is as old as their owner
        Assert.Single(bench.Files);
        bench.Fill(501, 520);
        bench.Outbox.Open("a");
        bench.Take().Acknowledge(1);
        bench.Damage(bench.Newest, Harm.FirstByteOfHead);
        bench.Kill();

        var ledger = bench.Ledger("a");
        Assert.Equal((520, 501, 19, 0), (ledger.Reported, ledger.Acknowledged, ledger.Pending, ledger.DroppedInAll));
    }
}
