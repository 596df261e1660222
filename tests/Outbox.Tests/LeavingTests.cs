using BridgeFramework.Disks;
using static BridgeFramework.Outbox.Tests.OutboxBench;

namespace BridgeFramework.Outbox.Tests;

/// <summary>Owners that are removed, come back, and are forgotten.</summary>
public sealed class LeavingTests
{
    public static TheoryData<bool> Places => [true, false];

    [Theory, MemberData(nameof(Places))]
    public async Task What_waits_of_a_removed_owner_is_dropped_in_both_lanes_and_the_others_keep_theirs(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        bench.Append(Live("a"), "1", items: 3, filtered: 2);
        bench.Append(Backfill("a"), "2");
        bench.Append("b", "3");
        bench.Outbox.RemoveOwner("a");

        Assert.Equal((6, 2, 0, 4), Account(bench, "a"));
        Assert.Equal((1, 0, 1, 0), Account(bench, "b"));
        Assert.Equal(4, bench.Drops.Where(drop => drop.Reason == DropReason.Removed).Sum(drop => drop.Items));
        Assert.True(bench.Outbox.IsDrained("a"));
        Assert.False(bench.Outbox.IsDrained("b"));
        Assert.Equal(["b:1=3"], bench.Drain());
        bench.Outbox.RemoveOwner("a");
        bench.Outbox.RemoveOwner("never heard of");
        Assert.Equal(2, bench.Outbox.Ledgers().Count);
    }

    [Theory]
    [InlineData(true, 0, 3)]
    [InlineData(true, 1, 2)]
    [InlineData(true, 3, 0)]
    [InlineData(false, 0, 3)]
    public async Task What_is_under_way_may_still_arrive_and_else_is_dropped_when_it_comes_back(bool inMemory, int arrived, int dropped)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        bench.Outbox.Open("a");
        bench.Append("a", "out", items: 3);
        bench.Append("a", "behind");
        var batch = bench.Take();
        bench.Outbox.RemoveOwner("a");
        Assert.Equal((4, 0, 4, 0), Account(bench, "a"));
        Assert.False(bench.Outbox.IsDrained("a"));

        if (arrived > 0) batch.Acknowledge(arrived);
        else batch.PutBack();
        Assert.Equal((4, 0, 0, dropped + 1), Account(bench, "a"));
        Assert.Equal(arrived, bench.Ledger("a").Acknowledged);
        Assert.True(bench.Outbox.IsDrained("a"));
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_is_reported_afterwards_is_refused_and_counted(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        bench.Outbox.AddOwners(["a"]);
        bench.Outbox.RemoveOwner("a");
        var result = bench.Append(Live("a"), "late", items: 2, filtered: 1);
        bench.Outbox.Filter("a", 4);
        bench.Outbox.Open("a");

        Assert.Equal((DropReason.Removed, 0), (result.Refused, result.FirstSequence));
        Assert.Equal((7, 5, 0, 2), Account(bench, "a"));
        Assert.Empty(bench.Drain());
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_is_refused_of_one_that_is_leaving_is_counted_and_the_rest_still_goes(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        bench.Append("a", "1");
        bench.Outbox.Refuse("a", 5);
        Assert.Equal((6, 0, 1, 5), Account(bench, "a"));
        Assert.Equal(5, bench.Ledger("a").Dropped[DropReason.Removed]);
        if (!inMemory) bench.Kill();
        Assert.Equal((6, 0, 1, 5), Account(bench, "a"));
        Assert.Equal(["a:1=1"], bench.Drain());
    }

    [Theory, MemberData(nameof(Places))]
    public async Task One_that_is_back_goes_on_with_its_numbers_its_ledger_and_its_epoch(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        string epoch = bench.Outbox.Status.Epoch;
        bench.Append("a", "1", items: 3);
        bench.Outbox.RemoveOwner("a");
        if (!inMemory) bench.Kill();
        bench.Outbox.AddOwners(["a", "a"]);
        if (!inMemory) await bench.RestartAsync();

        Assert.Equal(4, bench.Append("a", "2").FirstSequence);
        Assert.Equal(epoch, bench.Outbox.Status.Epoch);
        Assert.Equal((4, 0, 1, 3), Account(bench, "a"));
        Assert.False(bench.Outbox.TryTake(LaneKind.Live, _ => 1, 1000, out _));
        Assert.Equal(["a:4=2"], bench.Drain());
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_was_under_way_of_one_that_is_back_is_sent_again(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        bench.Outbox.Open("a");
        bench.Append("a", "1");
        var batch = bench.Take();
        bench.Outbox.RemoveOwner("a");
        bench.Outbox.AddOwners(["a"]);
        batch.PutBack();
        Assert.Equal(["a:1=1"], bench.Drain());
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Whoever_waits_hears_when_nothing_of_an_owner_waits_or_is_under_way_any_more(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        var token = TestContext.Current.CancellationToken;
        Assert.True(bench.Outbox.WaitUntilDrainedAsync("nobody", token).IsCompletedSuccessfully);
        bench.Outbox.Open("a");
        bench.Append(Live("a"), "1");
        bench.Append(Backfill("a"), "2");
        var drained = bench.Outbox.WaitUntilDrainedAsync("a", token);
        bench.Take(LaneKind.Live).Acknowledge(1);
        bench.Take(LaneKind.Backfill).PutBack();
        Assert.False(drained.IsCompleted);
        var batch = bench.Take(LaneKind.Backfill);
        bench.Outbox.RemoveOwner("a");
        Assert.False(drained.IsCompleted);
        batch.PutBack();
        await drained;
        Assert.True(bench.Outbox.WaitUntilDrainedAsync("a", token).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task What_a_killed_process_had_under_way_of_a_removed_owner_is_dropped_at_the_next_start()
    {
        await using var bench = new OutboxBench();
        bench.Outbox.Open("a");
        bench.Append("a", "1");
        bench.Take();
        bench.Outbox.RemoveOwner("a");
        bench.Kill();
        Assert.Equal((1, 0, 0, 1), Account(bench, "a"));
        Assert.Equal(DropReason.Removed, bench.Append("a", "2").Refused);
        bench.AssertBalanced();
        await bench.RestartAsync();
        Assert.Equal((2, 0, 0, 2), Account(bench, "a"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_is_killed_while_it_removes_an_owner_has_removed_it_or_not(bool isTorn)
    {
        bool wasKilled = true;
        for (int operations = 0; wasKilled; operations++)
        {
            await using var bench = new OutboxBench();
            string epoch = bench.Outbox.Status.Epoch;
            bench.Append(Live("a"), "1", items: 2);
            bench.Append(Backfill("a"), "2");
            wasKilled = bench.KillAfter(operations, isTorn, () => bench.Outbox.RemoveOwner("a"));
            bench.StartAgain();

            bool isRemoved = bench.Append("a", "3").Refused == DropReason.Removed;
            Assert.Equal(isRemoved ? (4, 0, 0, 4) : (4, 0, 4, 0), Account(bench, "a"));
            if (!wasKilled) Assert.True(isRemoved);
            // A torn frame is what damage looks like.
            if (!isTorn) Assert.Equal(epoch, bench.Outbox.Status.Epoch);
        }
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Of_those_that_left_the_last_are_remembered_and_numbers_go_on_in_another_epoch(bool inMemory)
    {
        await using var bench = new OutboxBench(new OutboxOptions { MostLeft = 10 }, inMemory);
        string epoch = bench.Outbox.Status.Epoch;
        for (int i = 0; i < 10; i++)
        {
            bench.Append($"{i}", "x", items: 5);
            bench.Outbox.RemoveOwner($"{i}");
        }

        bench.Append("stays", "1", items: 5);
        Assert.Equal((11, epoch), (bench.Outbox.Ledgers().Count, bench.Outbox.Status.Epoch));
        bench.Outbox.AddOwners(["10"]);
        bench.Outbox.RemoveOwner("10");
        bench.Outbox.AddOwners(["11"]); // one too many has left by now
        Assert.NotEqual(epoch, bench.Outbox.Status.Epoch, StringComparer.Ordinal);
        Assert.Equal("6 7 8 9 stays 10 11", string.Join(' ', bench.Outbox.Ledgers().Select(ledger => ledger.Owner)));

        bench.Outbox.AddOwners(["0", "9"]);
        Assert.Equal((1, 6, 6), (
            bench.Append("0", "y").FirstSequence, bench.Append("9", "y").FirstSequence, bench.Append("stays", "2").FirstSequence));
        bench.AssertBalanced();
        Assert.Equal(4, bench.Drain().Count);
    }

    [Fact]
    public async Task A_lane_does_not_get_the_number_of_one_that_is_forgotten_while_its_records_are_in_a_file()
    {
        await using var bench = new OutboxBench(new OutboxOptions { MostLeft = 0, SegmentBytes = 64 * 1024 });
        bench.Append("stays", "1");
        bench.Outbox.AddOwners(["returns"]);
        bench.Append("leaves", "2");
        for (int i = 0; i < 100; i++) bench.Append("stays", $"{i}" + new string('.', 1000));
        foreach (string owner in new[] { "returns", "leaves" }) bench.Outbox.RemoveOwner(owner);
        bench.Outbox.AddOwners(["returns"]);
        Assert.DoesNotContain(bench.Outbox.Ledgers(), ledger => string.Equals(ledger.Owner, "leaves", StringComparison.Ordinal));
        bench.Kill();
        bench.Outbox.AddOwners(["newer"]);
        bench.Kill();
        Assert.Equal((0, 0), (bench.Ledger("newer").Pending, bench.Ledger("newer").Reported));
        Assert.Equal(101, bench.Ledger("stays").Pending);
    }

    [Fact]
    public async Task Owners_come_and_go_on_a_full_disk()
    {
        await using var bench = new OutboxBench();
        bench.Append("a", "1");
        bench.Append("b", "2");
        bench.Disk.Fails = (each, _) =>
            each is DiskOperation.Write or DiskOperation.Create ? new IOException("No space left on device") : null;
        bench.Outbox.AddOwners(["c"]);
        bench.Outbox.RemoveOwner("a");
        Assert.Equal((1, DropReason.Removed), (bench.Append("c", "3").FirstSequence, bench.Append("a", "4").Refused));
        bench.Disk.Fails = (_, _) => null;
        bench.Pass(TimeSpan.FromSeconds(11));
        bench.Kill();

        Assert.Equal((2, 0, 0, 2), Account(bench, "a"));
        Assert.Equal("b:1=2 c:1=3", string.Join(' ', bench.Drain()));
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Owners_come_and_go_while_others_report_and_send(bool inMemory)
    {
        const int Records = 2000;
        await using var bench = new OutboxBench(new OutboxOptions { SegmentBytes = 64 * 1024 }, inMemory);
        var token = TestContext.Current.CancellationToken;
        bench.Outbox.AddOwners(["stays 0", "stays 1"]);
        foreach (var ledger in bench.Outbox.Ledgers()) bench.Outbox.Open(ledger.Owner);
        var reporting = Enumerable.Range(0, 2).Select(reporter => Task.Run(
            () =>
            {
                for (int i = 0; i < Records; i++)
                {
                    Assert.True(bench.Append($"stays {reporter}", $"{i}" + new string('.', 500)).IsTaken);
                    bench.Append($"goes {i % 5}", "x");
                }
            }, token)).ToList();
        var sending = Task.Run(
            () =>
            {
                for (int i = 0; i < Records; i++)
                    if (bench.Outbox.TryTake(LaneKind.Live, _ => 10, 8000, out var batch)) batch.Acknowledge(batch.Items);
            }, token);
        for (int i = 0; i < 100; i++)
        {
            bench.Outbox.AddOwners([$"new {i}", $"goes {i % 5}"]);
            bench.Outbox.Open($"goes {i % 5}");
            bench.Outbox.RemoveOwner($"goes {(i + 2) % 5}");
        }

        await Task.WhenAll([.. reporting, sending]);
        bench.AssertBalanced();
        Assert.Equal((0, 0), (bench.Ledger("stays 0").DroppedInAll, bench.Ledger("stays 1").DroppedInAll));
        Assert.Equal(107, bench.Outbox.Ledgers().Count);
        Assert.Equal(2 * Records, Enumerable.Range(0, 5).Sum(owner => bench.Ledger($"goes {owner}").Reported));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_to_give_up_when_full_may_change_from_one_record_to_the_next(bool inMemory)
    {
        var answer = WhenFull.DropNewest;
        await using var bench = new OutboxBench(new OutboxOptions { MaxOwnerBytes = 3000, WhenFull = _ => answer }, inMemory);
        bench.Append("a", new string('x', 2000));
        Assert.False(bench.Append("a", new string('y', 2000)).IsTaken);
        answer = WhenFull.DropOldest;
        Assert.True(bench.Append("a", new string('z', 2000)).IsTaken);
        Assert.Equal((3, 0, 1, 2), Account(bench, "a"));
    }

    private static (long Reported, long Filtered, long Pending, long Removed) Account(OutboxBench bench, string owner)
    {
        var ledger = bench.Ledger(owner);
        return (ledger.Reported, ledger.Filtered, ledger.Pending, ledger.DroppedInAll);
    }
}
