using BridgeFramework.Disks;
using BridgeFramework.Files;
using static BridgeFramework.Outbox.Tests.OutboxBench;

namespace BridgeFramework.Outbox.Tests;

public sealed class DiskTroubleTests
{
    private static readonly TimeSpan Tended = TimeSpan.FromSeconds(11);

    [Theory]
    [InlineData(DiskOperation.Write)]
    [InlineData(DiskOperation.Create)]
    public async Task A_disk_that_fails_is_told_and_records_wait_in_memory_until_it_works_again(DiskOperation operation)
    {
        await using var bench = new OutboxBench(new OutboxOptions { SegmentBytes = 64 * 1024 });
        bench.Append("a", "1");
        bench.Disk.Fails = (each, _) =>
            each == operation || each == DiskOperation.Create ? new IOException("No space left on device") : null;
        for (int i = 2; i < 100; i++) Assert.True(bench.Append("a", $"{i}" + new string('.', 1000)).IsTaken);

        Assert.Contains("No space left on device", bench.Outbox.Status.Trouble, StringComparison.Ordinal);
        Assert.Equal(99, bench.Ledger("a").Pending);

        bench.Disk.Fails = (_, _) => null;
        bench.Pass(Tended);
        Assert.Null(bench.Outbox.Status.Trouble);
        bench.Kill(); // what waited in memory is in files by now
        bench.AssertBalanced();
        var all = bench.Drain();
        Assert.Equal(99, all.Count);
        Assert.Equal(
            string.Join(' ', Enumerable.Range(1, 99).Select(n => $"a:{n}={n}")), string.Join(' ', all.Select(each => each.TrimEnd('.'))));
    }

    [Fact]
    public async Task Memory_is_bounded_while_the_disk_fails_and_the_newest_stay()
    {
        await using var bench = new OutboxBench(new OutboxOptions { MaxMemoryBytes = 100_000, SegmentBytes = 64 * 1024 });
        bench.Disk.Fails = (each, _) =>
            each is DiskOperation.Write or DiskOperation.Create ? new IOException("Read-only file system") : null;
        for (int i = 0; i < 1000; i++) bench.Append("a", $"{i}" + new string('.', 1000));

        Assert.InRange(bench.Ledger("a").PendingBytes, 20_000, 100_000);
        bench.AssertBalanced();
        Assert.StartsWith("a:1000=999", bench.Drain()[^1], StringComparison.Ordinal);
        bench.AssertBalanced();
    }

    [Fact]
    public void A_disk_that_fails_for_weeks_takes_no_memory_for_each_time_that_it_is_tried()
    {
        var (time, disk, book) = (new ManualTime(), new ForgetfulDisk(), new LaneBook());
        book.Epochs.Begin();
        using var files = new SegmentFiles(new PrivateFolder(Folder, disk.Mount()));
        using var log = new OutboxLog(files, new BoundsInForce(new OutboxOptions()), book, "boot", new OutboxClock(time));
        log.Rotate();
        disk.Fails = (each, _) => each == DiskOperation.Create ? new IOException("No space left on device") : null;
        log.Fail(new IOException("No space left on device"));
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            time.Advance(Tended);
            log.Tend(overdue: 0);
            Assert.NotNull(log.Trouble);
        }

        Assert.InRange(log.Segments.Count(), 1, 3);
    }

    [Fact(Timeout = 30_000)]
    public async Task Memory_is_bounded_while_the_disk_fails_although_the_oldest_is_under_way()
    {
        await using var bench = new OutboxBench(new OutboxOptions { MaxMemoryBytes = 100_000, SegmentBytes = 64 * 1024 });
        bench.Outbox.Open("out");
        bench.Disk.Fails = (each, _) =>
            each is DiskOperation.Write or DiskOperation.Create ? new IOException("Read-only file system") : null;
        bench.Append("out", "under way");
        var batch = bench.Take();
        await Task.Run(() =>
            { for (int i = 0; i < 1000; i++) bench.Append("a", $"{i}" + new string('.', 1000)); }, TestContext.Current.CancellationToken);

        bench.AssertBalanced();
        batch.Acknowledge(1);
        Assert.Equal((1, 0), (bench.Ledger("out").Acknowledged, bench.Ledger("out").DroppedInAll));
        Assert.InRange(bench.Ledger("a").PendingBytes, 1, 100_000);
    }

    [Fact]
    public async Task What_waited_in_memory_is_proof_against_a_power_cut_as_soon_as_it_is_in_files()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            await using var bench = new OutboxBench();
            bench.Append("a", "1");
            bench.Disk.Fails = (each, _) =>
                each is DiskOperation.Write or DiskOperation.Create ? new IOException("Read-only file system") : null;
            for (int i = 2; i <= 9; i++) bench.Append("a", $"{i}");
            bench.Disk.Fails = (_, _) => null;

            bench.Outbox.AddOwners(["b"]); // begins a new segment, synced at once
            Assert.Null(bench.Outbox.Status.Trouble);
            bench.Pass(TimeSpan.FromSeconds(2));
            bench.LosePower(new Random(seed));

            Assert.Equal(9, bench.Ledger("a").Pending);
        }
    }

    [Fact]
    public async Task A_disk_that_fails_again_while_memory_is_saved_takes_nothing_wherever_it_does()
    {
        bool hasFailed = true;
        for (int last = 0; hasFailed; last++)
        {
            await using var bench = new OutboxBench();
            bench.Append("a", "1");
            bench.Disk.Fails = (each, _) =>
                each is DiskOperation.Write or DiskOperation.Create ? new IOException("No space left on device") : null;
            for (int i = 2; i <= 9; i++) bench.Append("a", $"{i}");

            int done = 0;
            hasFailed = false;
            bench.Disk.Fails = (each, _) =>
            {
                if (each == DiskOperation.Read || hasFailed || done++ < last) return null;
                hasFailed = true;
                return new IOException("Input/output error");
            };
            bench.Outbox.AddOwners(["b"]); // begins a new segment, and saves what waits in memory
            bench.Disk.Fails = (_, _) => null;
            bench.Append("a", "10");
            bench.Pass(Tended);

            Assert.Null(bench.Outbox.Status.Trouble);
            bench.AssertBalanced();
            bench.Kill();
            bench.AssertBalanced();
            Assert.Equal(
                string.Join(' ', Enumerable.Range(1, 10).Select(n => $"a:{n}={n}")), string.Join(' ', bench.Drain()));
        }
    }

    [Fact]
    public async Task A_sync_that_fails_is_not_tried_on_the_same_file_again()
    {
        await using var bench = new OutboxBench();
        bench.Append("a", "1");
        int before = bench.Files.Count;
        bool failed = false;
        bench.Disk.Fails = (each, _) =>
        {
            bool now = each is DiskOperation.Sync or DiskOperation.SyncFolder && !failed;
            failed |= now;
            return now ? new IOException("Input/output error") : null;
        };
        bench.Pass(TimeSpan.FromSeconds(1));
        bench.Pass(Tended);
        Assert.Null(bench.Outbox.Status.Trouble);
        Assert.True(bench.Files.Count > before, "There is no new file.");
        Assert.Equal(["a:1=1"], bench.Drain());
    }

    [Fact]
    public async Task What_was_closed_in_good_order_is_proof_against_a_power_cut_in_every_segment()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            await using var bench = new OutboxBench(new OutboxOptions { SegmentBytes = 64 * 1024 });
            for (int i = 1; i <= 200; i++) bench.Append("a", $"{i}" + new string('.', 1000));
            await bench.Outbox.DisposeAsync();
            bench.LosePower(new Random(seed));

            Assert.Equal(200, bench.Ledger("a").Pending);
        }
    }

    [Fact]
    public async Task Damaged_records_are_counted_and_the_others_read()
    {
        await using var bench = new OutboxBench(new OutboxOptions { SegmentBytes = 64 * 1024 });
        for (int i = 1; i <= 200; i++) bench.Append("a", $"{i}" + new string('.', 1000));
        foreach (string name in bench.Files.Keys) bench.Disk.Damage($"{OutboxBench.Folder}/{name}", 20_000, 3000);
        bench.Kill();

        bench.AssertBalanced();
        var all = bench.Drain();
        Assert.InRange(all.Count, 180, 195);
        var ledger = bench.Ledger("a");
        Assert.Equal((200, all.Count, 200 - all.Count), (ledger.Reported, ledger.Acknowledged, ledger.Dropped[DropReason.Damaged]));
        bench.AssertBalanced();
    }

    [Fact]
    public async Task Nothing_is_synced_for_what_arrives_at_once_and_files_do_not_pile_up()
    {
        await using var bench = new OutboxBench();
        bench.Outbox.Open("a");
        int before = bench.Disk.Syncs;
        for (int second = 0; second < 600; second++)
        {
            bench.Append("a", new string('x', 1000));
            bench.Take().Acknowledge(1);
            bench.Pass(TimeSpan.FromSeconds(0.5));
            bench.Pass(TimeSpan.FromSeconds(0.5));
        }

        // 600 KB in 64 KiB steps: a snapshot each.
        Assert.InRange(bench.Disk.Syncs - before, 1, 12);
        Assert.Single(bench.Files);
        Assert.All(bench.Files.Values, length => Assert.InRange(length, 1, 100_000));
    }

    [Fact]
    public async Task What_waits_is_synced_within_the_commit_interval()
    {
        await using var bench = new OutboxBench();
        bench.Append("a", "1");
        int before = bench.Disk.Syncs;
        bench.Pass(TimeSpan.FromSeconds(0.5));
        Assert.Equal(before, bench.Disk.Syncs); // it may still arrive, and then need no write at all
        bench.Pass(TimeSpan.FromSeconds(0.5));
        Assert.Equal(before + 1, bench.Disk.Syncs);
        bench.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(before + 1, bench.Disk.Syncs); // once is enough
    }

    [Fact]
    public async Task Steady_traffic_that_arrives_at_once_is_not_synced_although_something_always_waits()
    {
        await using var bench = new OutboxBench();
        bench.Outbox.Open("a");
        bench.Append("a", "first");
        int before = bench.Disk.Syncs;
        for (int i = 0; i < 100; i++)
        {
            bench.Append("a", "next");
            bench.Pass(TimeSpan.FromSeconds(0.1));
            bench.Take().Acknowledge(1); // the one before: one is always left
        }

        Assert.Equal(before, bench.Disk.Syncs);
    }

    [Fact]
    public async Task One_record_that_is_late_does_not_have_all_that_has_arrived_written_with_it()
    {
        await using var bench = new OutboxBench();
        foreach (string owner in new[] { "prompt", "late" }) bench.Outbox.Open(owner);
        const int Size = 1000;
        long before = bench.Disk.SyncedBytes;
        OutboxBatch? late = null;
        for (int i = 0; i < 1200; i++)
        {
            if (i % 100 == 0) bench.Append("late", "late");
            bench.Append("prompt", new string('x', Size));
            for (int batches = 0; batches < 2 && bench.Outbox.TryTake(LaneKind.Live, _ => 1, 16384, out var batch); batches++)
            {
                if (string.Equals(batch.Lane.Owner, "late", StringComparison.Ordinal)) late = batch;
                else batch.Acknowledge(1);
            }

            bench.Pass(TimeSpan.FromSeconds(0.1));
            if (i % 100 == 20) late?.Acknowledge(1); // after two seconds
        }

        Assert.NotEqual(before, bench.Disk.SyncedBytes); // the late ones are
        Assert.InRange(bench.Disk.SyncedBytes - before, 1, 1200 * Size / 4);
    }

    [Fact]
    public async Task With_no_interval_each_record_is_synced_before_it_is_accepted()
    {
        await using var bench = new OutboxBench(new OutboxOptions { CommitInterval = TimeSpan.Zero });
        bench.Append("a", "1");
        bench.LosePower(new Random(1));
        Assert.Equal(["a:1=1"], bench.Drain());
    }

    [Fact]
    public async Task Numbers_go_on_after_an_orderly_restart_even_of_the_machine()
    {
        await using var bench = new OutboxBench();
        bench.Append("a", "1", items: 5);
        await bench.RestartAsync();
        Assert.Equal(6, bench.Append("a", "2").FirstSequence);
        bench.Kill();
        Assert.Equal(7, bench.Append("a", "3").FirstSequence);
    }

    [Fact]
    public async Task A_folder_has_one_outbox_at_a_time_and_is_private()
    {
        var folder = Directory.CreateTempSubdirectory("outbox-");
        string path = Path.Combine(folder.FullName, "outbox");
        await using (LaneOutbox.Open(path, new OutboxOptions(), TimeProvider.System))
        {
            var refused = Assert.Throws<IOException>(() => LaneOutbox.Open(path, new OutboxOptions(), TimeProvider.System));
            Assert.Contains("in use by another process", refused.Message, StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
                foreach (string file in Directory.GetFiles(path))
                    Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }

        folder.Delete(recursive: true);
    }
}
