using System.Globalization;
using System.Text;
using BridgeFramework.Disks;
using BridgeFramework.Files;

namespace BridgeFramework.Outbox.Tests;

/// <summary>What a disk may do to a file behind the gateway's back: what can be read is sent, what cannot is
/// told, no number is given twice.</summary>
public sealed class DamageTests
{
    private const int Size = 1000;
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
        Fill(bench, 1, 40);
        string before = bench.Outbox.Status.Epoch;
        if (isClosed) await bench.Outbox.DisposeAsync();

        Change(bench, Newest(bench), harm);
        bench.Kill();

        Assert.NotEmpty(bench.Outbox.Status.Damage);
        Assert.NotEqual(before, bench.Outbox.Status.Epoch, StringComparer.Ordinal);
        bench.AssertBalanced();
        var ledger = bench.Ledger("a");
        if (isClosed) Assert.Equal((40, 40), (ledger.Reported, ledger.Pending + ledger.DroppedInAll));
        Assert.Equal(ledger.DroppedInAll, bench.Outbox.DamagedItems);
        bool isReadable = harm is Harm.FirstByteOfHead or Harm.LastByteOfHead;
        Assert.Equal(isReadable ? 40 : ledger.Pending, ledger.Pending);

        var sent = Sent(bench);
        Assert.All(sent, each => Assert.Equal(before, each.Epoch));
        Assert.Equal(ledger.Pending, sent.Count);
        Fill(bench, 41, 41);
        Assert.NotEqual(before, Assert.Single(Sent(bench)).Epoch, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_segment_without_a_readable_beginning_is_kept_when_it_is_not_needed_any_more()
    {
        await using var bench = new OutboxBench(Options);
        Fill(bench, 1, 40);
        string newest = Newest(bench);
        Change(bench, newest, Harm.FirstByteOfHead);
        bench.Kill();
        Assert.Contains($"It is kept as {newest}.damaged", Assert.Single(bench.Outbox.Status.Damage), StringComparison.Ordinal);

        Assert.Equal(40, Sent(bench).Count);
        bench.Outbox.AddOwners(["b"]); // a new segment
        bench.Outbox.AddOwners(["c"]);
        Assert.Contains($"{newest}.damaged", bench.Disk.FilesIn(OutboxBench.Folder).Keys, StringComparer.Ordinal);
        bench.Kill();
        Assert.Empty(bench.Outbox.Status.Damage);
    }

    [Fact]
    public async Task Of_many_damaged_segments_the_last_four_are_kept()
    {
        await using var bench = new OutboxBench(Options);
        for (int round = 0; round < 6; round++)
        {
            Fill(bench, 1, 3);
            Change(bench, Newest(bench), Harm.FirstByteOfHead);
            bench.Kill();
            Sent(bench);
            bench.Outbox.AddOwners([$"b{round}"]);
            bench.Outbox.AddOwners([$"c{round}"]);
        }

        Assert.Equal(4, bench.Disk.FilesIn(OutboxBench.Folder).Keys.Count(name => name.EndsWith(".damaged", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Damage_of_the_table_alone_changes_nothing()
    {
        await using var bench = new OutboxBench(Options);
        Fill(bench, 1, 40);
        string before = bench.Outbox.Status.Epoch;
        bench.Disk.Change($"{OutboxBench.Folder}/{TableFile.Name}", bytes => new byte[bytes.Length]);
        bench.Kill();

        Assert.Equal(before, bench.Outbox.Status.Epoch);
        Assert.Equal(40, Sent(bench).Count);
    }

    [Fact]
    public async Task Without_the_table_records_behind_a_damaged_beginning_are_told_and_kept()
    {
        await using var bench = new OutboxBench(Options);
        Fill(bench, 1, 40);
        string newest = Newest(bench);
        Change(bench, newest, Harm.FirstByteOfHead);
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
        Fill(bench, 1, 500);
        Assert.Equal(500, Sent(bench).Count);
        bench.Pass(TimeSpan.FromSeconds(30)); // the segments of these go, and the table is as old as their owner
        Assert.Single(bench.Files);
        Fill(bench, 501, 520);
        bench.Outbox.Open("a");
        bench.Take().Acknowledge(1);
        Change(bench, Newest(bench), Harm.FirstByteOfHead);
        bench.Kill();

        var ledger = bench.Ledger("a");
        Assert.Equal((520, 501, 19, 0), (ledger.Reported, ledger.Acknowledged, ledger.Pending, ledger.DroppedInAll));
    }

    [Fact]
    public async Task Numbers_of_the_time_in_memory_are_of_another_epoch_and_a_killed_process_does_not_give_them_again()
    {
        await using var bench = new OutboxBench(Options);
        Fill(bench, 1, 20);
        Assert.Equal(20, Sent(bench).Count);
        string onDisk = bench.Outbox.Status.Epoch;
        bench.Disk.Fails = (each, path) => each is DiskOperation.Create || (each is DiskOperation.Write && IsSegment(path))
            ? new IOException("No space left on device")
            : null;

        Fill(bench, 21, 60);
        var sent = Sent(bench);
        Assert.Equal(40, sent.Count);
        Assert.DoesNotContain(sent, each => string.Equals(each.Epoch, onDisk, StringComparison.Ordinal));
        Fill(bench, 61, 122);
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
        Fill(bench, 1, 3);
        string inMemory = bench.Outbox.Status.Epoch;
        bench.Disk.Fails = (_, _) => null;
        bench.Pass(TimeSpan.FromSeconds(11));
        Fill(bench, 4, 6);
        bench.Kill();

        Assert.Equal(inMemory, bench.Outbox.Status.Epoch);
        Assert.Equal(6, Sent(bench).Count);
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
        Fill(bench, 1, 3);
        await bench.RestartAsync();
        Fill(bench, 4, 5);
        bench.Kill();
        Fill(bench, 6, 7);
        bench.Pass(TimeSpan.FromSeconds(2));
        bench.LosePower(new Random(1));

        Assert.Equal(epoch, bench.Outbox.Status.Epoch);
        Assert.Equal((7, epoch), (Sent(bench).Count(each => string.Equals(each.Epoch, epoch, StringComparison.Ordinal)), epoch));
        Assert.Empty(bench.Outbox.Status.Damage);
    }

    [Fact]
    public async Task A_message_holds_one_epoch_and_the_older_goes_first()
    {
        await using var bench = new OutboxBench(Options);
        Fill(bench, 1, 3);
        Change(bench, Newest(bench), Harm.FirstByteOfHead);
        bench.Kill();
        Fill(bench, 4, 6);
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
        Assert.Equal(["11=eleven", "12=twelve", "13=13"], Sent(bench).Select(each => $"{each.Number}={each.Text}"), StringComparer.Ordinal);
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

    private static void Fill(OutboxBench bench, int first, int last)
    {
        for (int number = first; number <= last; number++)
            Assert.True(bench.Append("a", number.ToString(CultureInfo.InvariantCulture) + '.' + new string('.', Size)).IsTaken);
    }

    private static List<(string Epoch, long Number, string Text)> Sent(OutboxBench bench)
    {
        bench.Outbox.Open("a");
        var sent = new List<(string, long, string)>();
        while (bench.Outbox.TryTake(LaneKind.Live, _ => 1, 65536, out var batch))
        {
            sent.Add((batch.Epoch, batch.FirstSequence, OutboxBench.TextOf(batch)));
            batch.Acknowledge(batch.Items);
        }

        return sent;
    }

    private static bool IsSegment(string path) => Segment.TryNumberOf(Path.GetFileName(path), out _, out _);

    private static string Newest(OutboxBench bench) => bench.Files.Keys.Max(StringComparer.Ordinal)!; // there is one

    private static void Change(OutboxBench bench, string name, Harm harm) => bench.Disk.Change(
        $"{OutboxBench.Folder}/{name}", bytes => harm switch
        {
            Harm.FirstByteOfHead => Flipped(bytes, 0),
            Harm.LastByteOfHead => Flipped(bytes, Frame.LengthOf(bytes) - 1),
            Harm.Zeros => new byte[bytes.Length],
            Harm.Empty => [],
            Harm.Half => bytes[..(bytes.Length / 2)],
            _ => [.. bytes.AsSpan(0, bytes.Length * 3 / 4), .. new byte[bytes.Length - (bytes.Length * 3 / 4)]],
        });

    private static byte[] Flipped(byte[] bytes, int at)
    {
        bytes[at] ^= 1;
        return bytes;
    }
}

/// <summary>What may become of a file.</summary>
public enum Harm
{
    FirstByteOfHead,
    LastByteOfHead,
    Zeros,
    Empty,
    Half,
    EndsInZeros,
}
