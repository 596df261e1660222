using System.Globalization;
using BridgeFramework.Disks;

namespace BridgeFramework.Outbox.Tests;

/// <summary>A process that is killed while it begins a segment, at every operation of the disk: nothing is lost, and the epoch
/// goes on.</summary>
public sealed class KilledRotationTests
{
    private static readonly OutboxOptions Options = new() { SegmentBytes = 64 * 1024 };

    /// <summary>Why a segment is begun, and whether a write is half done when the process ends.</summary>
    public static TheoryData<string, bool> Causes
    {
        get
        {
            var all = new TheoryData<string, bool>();
            foreach (string cause in Acts.Keys)
            {
                all.Add(cause, false);
                all.Add(cause, true);
            }

            return all;
        }
    }

    private static Dictionary<string, Action<OutboxBench>> Acts { get; } = new(StringComparer.Ordinal)
    {
        ["a start"] = bench => bench.StartAgain(),
        ["a new owner"] = bench => bench.Outbox.AddOwners(["b"]),
        ["an old segment in which little waits"] = bench => bench.Outbox.Tender.Tend(),
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public async Task A_killed_process_goes_on_in_its_epoch_wherever_it_was(string cause, bool isTorn)
    {
        bool wasKilled = true;
        int operations = 0;
        for (; wasKilled; operations++)
        {
            await using var bench = new OutboxBench(Options);
            string epoch = bench.Outbox.Status.Epoch;
            bench.Fill(1, 45);
            Assert.Equal(45, bench.Sent().Count);
            bench.Fill(46, 48); // these are carried over
            bench.Time.Advance(TimeSpan.FromSeconds(25));

            wasKilled = bench.KillAfter(operations, isTorn, () => Acts[cause](bench));
            bench.StartAgain();

            string where = string.Create(CultureInfo.InvariantCulture, $"killed after operation {operations}");
            Assert.True(string.Equals(epoch, bench.Outbox.Status.Epoch, StringComparison.Ordinal), $"{where}: the epoch is another.");
            Assert.Empty(bench.Outbox.Status.Damage);
            bench.AssertBalanced();
            Assert.Equal((45L, 3L, 0L), (bench.Ledger("a").Acknowledged, bench.Ledger("a").Pending, bench.Ledger("a").DroppedInAll));
            Assert.Equal(49, bench.Append("a", "next").FirstSequence);
            Assert.Equal(["46", "47", "48", "next"], bench.Sent().Select(each => each.Text.TrimEnd('.')), StringComparer.Ordinal);
            Assert.DoesNotContain(bench.AllFiles, name => name.EndsWith(".new", StringComparison.Ordinal));
        }

        Assert.InRange(operations, 4, 100); // there was something to be killed in
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_is_killed_while_it_puts_memory_into_files_leaves_nothing_that_looks_damaged(bool isTorn)
    {
        bool wasKilled = true;
        for (int operations = 0; wasKilled; operations++)
        {
            await using var bench = new OutboxBench(Options);
            bench.Append("a", "1");
            bench.Disk.Fails = (each, _) =>
                each is DiskOperation.Write or DiskOperation.Create ? new IOException("No space left on device") : null;
            for (int i = 2; i <= 9; i++) bench.Append("a", $"{i}");
            bench.Disk.Fails = (_, _) => null;

            wasKilled = bench.KillAfter(operations, isTorn, () => bench.Outbox.AddOwners(["b"]));
            bench.StartAgain();

            Assert.Empty(bench.Outbox.Status.Damage);
            bench.AssertBalanced();
            Assert.Contains(bench.Ledger("a").Pending, (long[])[1, 9]); // what was in memory, or all but that
            Assert.DoesNotContain(bench.AllFiles, name => name.EndsWith(".new", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(Harm.Empty)]
    [InlineData(Harm.Zeros)]
    public async Task A_draft_that_a_killed_process_used_and_that_holds_nothing_is_damaged(Harm harm)
    {
        await using var bench = new OutboxBench(Options);
        string epoch = bench.Outbox.Status.Epoch;
        bench.Fill(1, 70); // begins a second segment, which nobody has synced yet
        Assert.EndsWith(".begun", bench.Newest, StringComparison.Ordinal);
        bench.Damage(bench.Newest, harm);
        bench.Kill();

        Assert.NotEqual(epoch, bench.Outbox.Status.Epoch, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_does_not_fill_with_segments_that_were_not_begun()
    {
        await using var bench = new OutboxBench(Options);
        bench.Disk.Fails = (each, path) => each is DiskOperation.Write ? new IOException("No space left on device") : null;
        bench.Append("a", "1");
        int before = bench.AllFiles.Count();
        for (int attempt = 0; attempt < 10; attempt++) bench.Pass(TimeSpan.FromSeconds(11));

        Assert.InRange(bench.AllFiles.Count(), 1, before);
    }

    [Fact]
    public async Task A_power_cut_at_the_first_start_after_an_orderly_stop_stays_in_the_epoch()
    {
        bool wasCut = true;
        for (int operations = 0; wasCut; operations++)
            for (int seed = 0; seed < 10; seed++)
            {
                await using var bench = new OutboxBench(Options);
                string epoch = bench.Outbox.Status.Epoch;
                bench.Fill(1, 3);
                await bench.Outbox.DisposeAsync();
                bench.RestartMachine();

                wasCut = bench.CutAfter(operations, bench.StartAgain);
                bench.LosePower(new Random(seed));

                Assert.Equal(epoch, bench.Outbox.Status.Epoch);
                Assert.Equal(3, bench.Sent().Count);
                Assert.Empty(bench.Outbox.Status.Damage);
            }
    }
}
