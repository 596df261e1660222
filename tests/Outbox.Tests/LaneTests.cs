using static BridgeFramework.Outbox.Tests.OutboxBench;

namespace BridgeFramework.Outbox.Tests;

/// <summary>What an outbox does wherever its records are.</summary>
public sealed class LaneTests
{
    public static TheoryData<bool> Places => [true, false];

    [Theory, MemberData(nameof(Places))]
    public async Task A_lane_keeps_its_order_and_has_one_batch_out(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        bench.Outbox.Open("a");
        Assert.Equal(1, bench.Append("a", "1", items: 3).FirstSequence);
        Assert.Equal(4, bench.Append("a", "2").FirstSequence);

        var first = bench.Take();
        Assert.False(bench.Outbox.TryTake(LaneKind.Live, _ => 1, 1000, out _));
        Assert.Equal(("1", 1), (TextOf(first), first.FirstSequence));
        first.Acknowledge(3);
        var second = bench.Take();
        Assert.Equal(("2", 4), (TextOf(second), second.FirstSequence));
    }

    [Fact]
    public async Task In_memory_a_record_takes_little_more_than_its_bytes()
    {
        await using var bench = new OutboxBench(inMemory: true);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++) bench.Append("a", "1");
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 10_000, 1, 1000);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_is_put_back_is_the_first_again(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        bench.Outbox.Open("a");
        bench.Append("a", "1");
        bench.Append("a", "2");
        bench.Take().PutBack();
        Assert.Equal("1", TextOf(bench.Take()));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_batch_holds_as_many_records_as_it_may(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        bench.Outbox.Open("a");
        for (int i = 0; i < 10; i++) bench.Append("a", new string('x', 1000));

        var three = bench.Take(maxRecords: 3);
        Assert.Equal(3, three.Records.Count);
        three.PutBack();
        var some = bench.Take(maxRecords: 100, maxBytes: 5000);
        Assert.Equal(4, some.Records.Count);
        some.PutBack();
        Assert.Single(bench.Take(maxRecords: 100, maxBytes: 10).Records);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_part_of_a_record_can_be_acknowledged(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        bench.Outbox.Open("a");
        bench.Append("a", "abc", items: 3);
        bench.Append("a", "d");
        var whole = bench.Take(maxRecords: 2);
        whole.Acknowledge(2);
        Assert.Throws<InvalidOperationException>(() => whole.Acknowledge(1));

        var rest = bench.Take(maxRecords: 2);
        Assert.Equal(("abc,d", 3, 2, 2), (TextOf(rest), rest.FirstSequence, rest.Skipped, rest.Items));
        rest.Acknowledge(2);
        Assert.Equal((4, 0, 0L), (bench.Ledger("a").Acknowledged, bench.Ledger("a").Pending, bench.Ledger("a").PendingBytes));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_closed_owner_gives_nothing_until_it_is_opened(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        int filled = 0;
        bench.Outbox.Filled = () => filled++;
        bench.Append("a", "1");
        Assert.False(bench.Outbox.TryTake(LaneKind.Live, _ => 1, 1000, out _));
        Assert.Equal(0, filled);
        bench.Outbox.Open("a");
        Assert.Equal((1, 1), (filled, bench.Outbox.Ready(LaneKind.Live)));
        bench.Outbox.Close("a");
        Assert.False(bench.Outbox.TryTake(LaneKind.Live, _ => 1, 1000, out _));
        bench.Outbox.Open("a");
        Assert.Equal("1", TextOf(bench.Take()));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task An_owner_of_which_no_record_is_wanted_is_passed_over_until_it_is_opened_again(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        foreach (string owner in new[] { "a", "b" })
        {
            bench.Outbox.Open(owner);
            bench.Append(owner, owner);
        }

        Assert.True(bench.Outbox.TryTake(LaneKind.Live, owner => owner is "a" ? 0 : 1, 1000, out var batch));
        Assert.Equal("b", TextOf(batch));
        Assert.Equal(0, bench.Outbox.Ready(LaneKind.Live));
        Assert.False(bench.Outbox.TryTake(LaneKind.Live, _ => 1, 1000, out _));
        bench.Outbox.Open("a");
        Assert.Equal("a", TextOf(bench.Take()));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Owners_take_turns_however_much_one_of_them_holds(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        foreach (string owner in new[] { "chatty", "quiet" }) bench.Outbox.Open(owner);
        for (int i = 0; i < 10; i++) bench.Append("chatty", "x");
        bench.Append("quiet", "y");
        bench.Take().Acknowledge(1);
        Assert.Equal("quiet", bench.Take().Lane.Owner);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Live_and_backfill_have_an_order_and_numbers_of_their_own(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        bench.Outbox.Open("a");
        bench.Append(Backfill("a"), "old");
        bench.Append(Live("a"), "new");
        var live = bench.Take(LaneKind.Live);
        var backfill = bench.Take(LaneKind.Backfill);
        Assert.Equal(("new", 1, "old", 1), (TextOf(live), live.FirstSequence, TextOf(backfill), backfill.FirstSequence));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_chatty_owner_pushes_out_its_own_records_only(bool inMemory)
    {
        await using var bench = new OutboxBench(new OutboxOptions { MaxOwnerBytes = 5000 }, inMemory);
        bench.Append("quiet", "stay");
        for (int i = 0; i < 20; i++) bench.Append("chatty", new string('x', 980));

        Assert.Equal((1, 0), (bench.Ledger("quiet").Pending, bench.Ledger("quiet").DroppedInAll));
        Assert.Equal((5, 15), (bench.Ledger("chatty").Pending, bench.Ledger("chatty").Dropped[DropReason.OwnerFull]));
        Assert.Equal(15, bench.Drops.Sum(drop => drop.Items));
        Assert.Equal(16, TakeOf(bench, "chatty").FirstSequence);
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task The_newest_is_refused_where_the_beginning_is_worth_more(bool inMemory)
    {
        await using var bench = new OutboxBench(new OutboxOptions { MaxOwnerBytes = 3000, WhenFull = _ => WhenFull.DropNewest }, inMemory);
        bench.Append("a", new string('x', 2000), items: 2);
        var refused = bench.Append("a", new string('x', 2000), items: 5);

        Assert.Equal((DropReason.OwnerFull, 0), (refused.Refused, refused.FirstSequence));
        Assert.Equal((2, 5, 3), (
            bench.Ledger("a").Pending, bench.Ledger("a").Dropped[DropReason.OwnerFull], bench.Outbox.StatusOf(Live("a")).NextSequence));
        Assert.Empty(bench.Drops);
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_is_out_is_not_pushed_out(bool inMemory)
    {
        await using var bench = new OutboxBench(new OutboxOptions { MaxOwnerBytes = 3200 }, inMemory);
        bench.Outbox.Open("a");
        bench.Append("a", "out" + new string('x', 980));
        var first = bench.Take();
        for (int i = 0; i < 6; i++) bench.Append("a", $"{i}" + new string('x', 980));
        bench.AssertBalanced();
        // A quarter more than the bound while the oldest is under way; what comes then is refused.
        Assert.Equal((4, 3), (bench.Ledger("a").Pending, bench.Ledger("a").Dropped[DropReason.OwnerFull]));
        first.Acknowledge(1);

        Assert.StartsWith("0", TextOf(bench.Take()), StringComparison.Ordinal);
        Assert.Equal((1, 3, 3), (bench.Ledger("a").Acknowledged, bench.Ledger("a").Pending, bench.Ledger("a").DroppedInAll));
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task The_largest_owner_makes_room_when_the_outbox_is_full(bool inMemory)
    {
        await using var bench = new OutboxBench(new OutboxOptions { MaxBytes = 10_000, MaxOwnerBytes = 10_000 }, inMemory);
        for (int i = 0; i < 8; i++) bench.Append("large", new string('x', 980));
        for (int i = 0; i < 3; i++) bench.Append("small", new string('x', 980));
        Assert.Equal((3, 0), (bench.Ledger("small").Pending, bench.Ledger("small").DroppedInAll));
        Assert.Equal((7, 1), (bench.Ledger("large").Pending, bench.Ledger("large").Dropped[DropReason.OutboxFull]));
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_has_waited_too_long_expires_by_the_steady_clock(bool inMemory)
    {
        await using var bench = new OutboxBench(new OutboxOptions { MaxAge = TimeSpan.FromHours(1) }, inMemory);
        bench.Append("a", "old", items: 3);
        bench.Pass(TimeSpan.FromMinutes(50));
        Assert.Equal(3, bench.Ledger("a").Pending);
        Assert.Equal(TimeSpan.FromMinutes(50), bench.Outbox.Status.OldestAge);
        bench.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal((0, 3), (bench.Ledger("a").Pending, bench.Ledger("a").Dropped[DropReason.Expired]));
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_record_that_fits_no_bound_is_refused_and_counted(bool inMemory)
    {
        await using var bench = new OutboxBench(new OutboxOptions { MaxOwnerBytes = 1000 }, inMemory);
        Assert.Equal(DropReason.TooLarge, bench.Append("a", new string('x', 1001), items: 7).Refused);
        Assert.Equal(7, bench.Ledger("a").Dropped[DropReason.TooLarge]);
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_is_filtered_or_unsendable_is_in_the_ledger(bool inMemory)
    {
        await using var bench = new OutboxBench(inMemory: inMemory);
        bench.Outbox.Open("a");
        bench.Outbox.Filter("a", 4);
        bench.Append(Live("a"), "x", items: 3, filtered: 2);
        bench.Take().Drop(1, DropReason.Unsendable);
        var ledger = bench.Ledger("a");
        Assert.Equal((9, 6, 2, 1), (ledger.Reported, ledger.Filtered, ledger.Pending, ledger.Dropped[DropReason.Unsendable]));
        Assert.Equal(2, bench.Take().FirstSequence);
        bench.AssertBalanced();
    }

    private static OutboxBatch TakeOf(OutboxBench bench, string owner)
    {
        bench.Outbox.Open(owner);
        var batch = bench.Take();
        Assert.Equal(owner, batch.Lane.Owner);
        return batch;
    }
}
