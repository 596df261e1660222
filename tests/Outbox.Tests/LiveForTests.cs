using System.Globalization;
using System.Text;
using static BridgeFramework.Outbox.Tests.OutboxBench;

namespace BridgeFramework.Outbox.Tests;

/// <summary>Which lane a record goes to, and what a lane that moves on costs.</summary>
public sealed class LiveForTests
{
    private static readonly TimeSpan LiveFor = TimeSpan.FromSeconds(10);

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_comes_behind_a_live_lane_that_stands_goes_to_backfill_until_it_is_drained(bool inMemory)
    {
        await using var bench = new OutboxBench(new OutboxOptions { LiveFor = LiveFor }, inMemory);
        Assert.Equal(LaneKind.Live, Report(bench));
        bench.Pass(LiveFor);
        Assert.Equal(LaneKind.Live, Report(bench)); // not longer than it may
        bench.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal([LaneKind.Backfill, LaneKind.Backfill], [Report(bench), Report(bench)]);

        bench.Outbox.Open("a");
        bench.Take().Acknowledge(1);
        Assert.Equal(LaneKind.Live, Report(bench)); // the oldest is a second old now
        bench.Take(maxRecords: 10).Acknowledge(2);
        bench.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal(LaneKind.Live, Report(bench)); // whatever waits in the backfill
        Assert.Equal((1, 2), (bench.Outbox.StatusOf(Live("a")).Pending, bench.Outbox.StatusOf(Backfill("a")).Pending));
        bench.AssertBalanced();
    }

    [Fact]
    public async Task One_owner_that_stands_does_not_send_the_others_to_backfill()
    {
        await using var bench = new OutboxBench(new OutboxOptions { LiveFor = LiveFor });
        Report(bench, "a");
        bench.Pass(LiveFor * 2);
        Assert.Equal((LaneKind.Backfill, LaneKind.Live), (Report(bench, "a"), Report(bench, "b")));
    }

    [Fact]
    public async Task Memory_is_freed_as_records_arrive()
    {
        await using var bench = new OutboxBench(inMemory: true);
        bench.Outbox.Open("a");
        string text = new('x', 100);
        long most = 0;
        for (int i = 0; i < 100_000; i++)
        {
            bench.Append("a", text);
            bench.Append("a", text);
            bench.Take(maxRecords: 2).Acknowledge(2);
            if (i % 1000 != 0) continue;
            bench.Pass(TimeSpan.FromSeconds(1));
            most = Math.Max(most, bench.Outbox.Status.StoredBytes);
        }

        // Two segments of 4 MiB: the one that is written, and one that is not let go of yet.
        Assert.InRange(most, 1, 2 * 4 * 1024 * 1024);
        bench.AssertBalanced();
    }

    [Fact]
    public async Task Many_segments_are_opened_by_their_footers_and_read_in_order()
    {
        const int Records = 66 * 1024;
        await using var bench = new OutboxBench(new OutboxOptions { MaxOwnerBytes = 256 << 20, SegmentBytes = 1 << 20 });
        var text = new StringBuilder(1024);
        for (int i = 1; i <= Records; i++)
            bench.Append(i % 3 == 0 ? "a" : "b", text.Clear().Append(CultureInfo.InvariantCulture, $"{i} ").Append('.', 1000).ToString());
        Assert.InRange(bench.Files.Values.Sum(length => (long)length), 64 << 20, 96 << 20);

        bench.Disk.BytesRead = 0;
        bench.Kill();

        // The newest segment whole, and little of each other.
        Assert.InRange(bench.Disk.BytesRead, 1, 3 << 20);
        bench.AssertBalanced();
        Assert.Equal(Records, bench.Outbox.Ledgers().Sum(ledger => ledger.Pending));
        Assert.Equal(Records / 3, DrainInOrder(bench, "a"));
        Assert.Equal(Records - (Records / 3), DrainInOrder(bench, "b"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Records_that_are_carried_over_outlive_a_crash_at_any_write_of_it(int seed)
    {
        var random = new Random(seed);
        for (int at = 1; at <= 14; at++)
        {
            foreach (bool powerLoss in (bool[])[false, true])
            {
                await using var bench = new OutboxBench();
                bench.Outbox.Open("a");
                for (int i = 0; i < 200; i++) bench.Append("a", Text(i));
                bench.Pass(TimeSpan.FromSeconds(2)); // synced where they are: they are too many to be carried
                bench.Take(maxRecords: 195, maxBytes: int.MaxValue).Acknowledge(195);
                int left = at;
                bench.Disk.Fails = (_, _) =>
                {
                    if (--left == 0) bench.Disk.Kill(); // nothing from here on comes to the disk
                    return null;
                };
                bench.Pass(TimeSpan.FromSeconds(20));
                Assert.True(left <= 0, "It takes fewer writes than that.");
                bench.Disk.Fails = (_, _) => null;
                if (powerLoss) bench.LosePower(random);
                else bench.Kill();

                bench.AssertBalanced();
                // An acknowledgement may be lost to a power cut, a record not.
                string all = string.Join(' ', bench.Drain());
                Assert.EndsWith(
                    string.Join(' ', Enumerable.Range(195, 5).Select(i => $"a:{i + 1}={Text(i)}")), all, StringComparison.Ordinal);
                if (!powerLoss) Assert.StartsWith("a:196=", all, StringComparison.Ordinal);
                bench.AssertBalanced();
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture) + new string('.', 1000);

    private static LaneKind Report(OutboxBench bench, string owner = "a") =>
        bench.Outbox.Append(owner, kind: null, "x"u8, items: 1, filtered: 0).Kind;

    private static int DrainInOrder(OutboxBench bench, string owner)
    {
        bench.Outbox.Open(owner);
        int count = 0;
        int last = 0;
        while (bench.Outbox.TryTake(LaneKind.Live, _ => 100, 1 << 20, out var batch))
        {
            foreach (var record in batch.Records)
            {
                int number = int.Parse(
                    Encoding.UTF8.GetString(record.Bytes.Span[..record.Bytes.Span.IndexOf((byte)' ')]), CultureInfo.InvariantCulture);
                Assert.True(number > last, $"{owner}: {number} comes behind {last}.");
                last = number;
                count++;
            }

            batch.Acknowledge(batch.Items);
        }

        return count;
    }
}
