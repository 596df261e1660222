using System.Text;
using BridgeFramework.Disks;
using BridgeFramework.Files;

namespace BridgeFramework.Outbox.Tests;

/// <summary>When numbers begin another life, and when they do not.</summary>
public sealed class EpochTests
{
    private static readonly OutboxOptions Options = new() { SegmentBytes = 64 * 1024 };

    [Fact]
    public async Task Numbers_of_the_time_in_memory_are_of_another_epoch_and_a_killed_process_does_not_give_them_again()
    {
        await using var bench = new OutboxBench(Options);
        bench.Fill(1, 20);
        Assert.Equal(20, bench.Sent().Count);
        string onDisk = bench.Outbox.Status.Epoch;
        bench.Disk.Fails = (each, path) => each is DiskOperation.Create || (each is DiskOperation.Write && IsSegment(path))
            ? new IOException("No space left on device")
            : null;

        bench.Fill(21, 60);
        var sent = bench.Sent();
        Assert.Equal(40, sent.Count);
        Assert.DoesNotContain(sent, each => string.Equals(each.Epoch, onDisk, StringComparison.Ordinal));
        bench.Fill(61, 122);
        bench.Pass(TimeSpan.FromSeconds(1)); // the table is written in its place
        bench.Disk.Fails = (_, _) => null;
        bench.Kill();

        Assert.DoesNotContain(bench.Outbox.Status.Epoch, sent.Select(each => each.Epoch).Append(onDisk), StringComparer.Ordinal);
        var ledger = bench.Ledger("a");
        Assert.Equal((122, 60, 62), (ledger.Reported, ledger.Acknowledged, ledger.Dropped[DropReason.Damaged]));
        bench.AssertBalanced();
    }

    [Fact]
    public async Task A_disk_that_heals_takes_the_epoch_of_memory_with_it()
    {
        await using var bench = new OutboxBench(Options);
        bench.Disk.Fails = (each, _) =>
            each is DiskOperation.Write or DiskOperation.Create ? new IOException("Read-only file system") : null;
        bench.Fill(1, 3);
        string inMemory = bench.Outbox.Status.Epoch;
        bench.Disk.Fails = (_, _) => null;
        bench.Pass(TimeSpan.FromSeconds(11));
        bench.Fill(4, 6);
        bench.Kill();

        Assert.Equal(inMemory, bench.Outbox.Status.Epoch);
        Assert.Equal(6, bench.Sent().Count);
    }

    [Fact]
    public async Task Each_start_in_memory_and_each_new_folder_is_an_epoch_of_its_own()
    {
        await using var one = new OutboxBench(inMemory: true);
        await using var other = new OutboxBench(inMemory: true);
        await using var folder = new OutboxBench();
        string[] epochs = [one.Outbox.Status.Epoch, other.Outbox.Status.Epoch, folder.Outbox.Status.Epoch];

        Assert.Equal(3, epochs.Distinct(StringComparer.Ordinal).Count());
        Assert.All(epochs, epoch => Assert.Matches("^[a-z2-7]{8}$", epoch));
    }

    [Fact]
    public async Task Restarts_kills_and_power_cuts_stay_in_their_epoch()
    {
        await using var bench = new OutboxBench();
        string epoch = bench.Outbox.Status.Epoch;
        bench.Fill(1, 3);
        await bench.RestartAsync();
        bench.Fill(4, 5);
        bench.Kill();
        bench.Fill(6, 7);
        bench.Pass(TimeSpan.FromSeconds(2));
        bench.LosePower(new Random(1));

        Assert.Equal(epoch, bench.Outbox.Status.Epoch);
        Assert.Equal((7, epoch), (bench.Sent().Count(each => string.Equals(each.Epoch, epoch, StringComparison.Ordinal)), epoch));
        Assert.Empty(bench.Outbox.Status.Damage);
    }

    [Fact]
    public async Task A_message_holds_one_epoch_and_the_older_goes_first()
    {
        await using var bench = new OutboxBench(Options);
        bench.Fill(1, 3);
        bench.Damage(bench.Newest, Harm.FirstByteOfHead);
        bench.Kill();
        bench.Fill(4, 6);
        bench.Outbox.Open("a");

        var first = bench.Take(maxRecords: 100, maxBytes: 65536);
        Assert.Equal(3, first.Items);
        first.Acknowledge(3);
        var second = bench.Take(maxRecords: 100, maxBytes: 65536);
        Assert.Equal((3, bench.Outbox.Status.Epoch), (second.Items, second.Epoch));
        Assert.NotEqual(first.Epoch, second.Epoch, StringComparer.Ordinal);
        Assert.StartsWith("4.", OutboxBench.TextOf(second), StringComparison.Ordinal);
        second.PutBack();
    }

    [Fact]
    public async Task A_folder_of_the_version_without_epochs_is_taken_over()
    {
        await using var bench = new OutboxBench();
        await bench.Outbox.DisposeAsync();
        foreach (string name in bench.Disk.FilesIn(OutboxBench.Folder).Keys)
            bench.Disk.Mount().Delete($"{OutboxBench.Folder}/{name}");
        WriteWithoutEpochs(bench.Disk);
        bench.Kill();

        Assert.Empty(bench.Outbox.Status.Damage);
        var ledger = bench.Ledger("a");
        Assert.Equal((12, 9, 2, 1), (ledger.Reported, ledger.Acknowledged, ledger.Pending, ledger.DroppedInAll));
        Assert.Equal(13, bench.Append("a", "13").FirstSequence);
        string epoch = bench.Outbox.Status.Epoch;
        bench.Kill();
        var sent = bench.Sent().Select(each => $"{each.Number}={each.Text}");
        Assert.Equal(["11=eleven", "12=twelve", "13=13"], sent, StringComparer.Ordinal);
        Assert.Equal(epoch, bench.Outbox.Status.Epoch);
    }

    private static void WriteWithoutEpochs(ForgetfulDisk disk)
    {
        var writer = new FrameWriter();
        long[] none = new long[6];
        using var file = disk.Mount().Open($"{OutboxBench.Folder}/{1:x16}.outbox", DiskAccess.Create);
        long at = 0;
        Add(writer.Begin(FrameKind.Snapshot).Number(1).Text("boot").Number(1000).Number(0).Number(1)
            .Text("a").Number(1).Number(8).Number(0).Numbers(none)
            .Number(9).Number(1 << 20).Number(9).Number(8).Numbers(none)
            .Number(1).Number(1 << 20).Number(1).Number(0).Numbers(none).End());
        Append(9, "nine", 9);
        Append(10, "ten", 10);
        Append(11, "eleven", 11);
        Append(12, "twelve", 12);
        Add(writer.Begin(FrameKind.AcknowledgedWithoutTotal).Number(1).Number(10).End());
        Add(writer.Begin(FrameKind.DroppedWithoutTotal).Number(1).Number(11).Number((int)DropReason.Expired).End());
        file.Sync();

        void Append(int number, string text, int reported) => Add(writer.Begin(FrameKind.AppendWithoutEpoch)
            .Number(1).Number(number).Number(1).Number(1000 + number).Number(reported).Number(0).Bytes(Encoding.UTF8.GetBytes(text)).End());

        void Add(ReadOnlySpan<byte> frame)
        {
            file.Write(at, frame);
            at += frame.Length;
        }
    }

    /// <summary>Whether a file was a segment, or to become one, when it was opened.</summary>
    private static bool IsSegment(string path) => !path.EndsWith(TableFile.Name, StringComparison.Ordinal);
}
