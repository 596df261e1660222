using System.Globalization;
using static BridgeFramework.Outbox.Tests.OutboxBench;

namespace BridgeFramework.Outbox.Tests;

/// <summary>Bounds that change while records wait.</summary>
public sealed class ChangedBoundsTests
{
    private static readonly OutboxOptions Roomy = new() { MaxBytes = 1 << 20, MaxOwnerBytes = 1 << 20, SegmentBytes = 65536 };

    public static TheoryData<bool> Places => [true, false];

    [Theory, MemberData(nameof(Places))]
    public async Task A_smaller_bound_of_an_owner_gives_up_its_oldest(bool inMemory)
    {
        await using var bench = new OutboxBench(Roomy, inMemory);
        Add(bench, "chatty", 300);
        Add(bench, "quiet", 3);

        bench.Outbox.Apply(Roomy with { MaxOwnerBytes = 100 * 1100 });

        var chatty = bench.Ledger("chatty");
        Assert.InRange(chatty.Pending, 95, 110);
        Assert.InRange(chatty.PendingBytes, 100_000, 110_000);
        Assert.Equal((300 - chatty.Pending, 3, 0), (chatty.Dropped[DropReason.OwnerFull], bench.Ledger("quiet").Pending,
            bench.Ledger("quiet").DroppedInAll));
        Assert.Equal(300 - chatty.Pending, bench.Drops.Sum(drop => drop.Items));
        bench.Outbox.Open("chatty");
        Assert.Equal($"{300 - chatty.Pending}", TextOf(bench.Take()).Split('.')[0]);
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_smaller_outbox_has_room_made_by_whoever_holds_most(bool inMemory)
    {
        await using var bench = new OutboxBench(Roomy, inMemory);
        Add(bench, "large", 300);
        Add(bench, "small", 30);

        bench.Outbox.Apply(Roomy with { MaxBytes = 150 * 1100 });

        var large = bench.Ledger("large");
        Assert.InRange(bench.Outbox.Status.PendingBytes, 150_000, 150 * 1100);
        Assert.Equal((300 - large.Pending, 30), (large.Dropped[DropReason.OutboxFull], bench.Ledger("small").Pending));
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_is_under_way_is_given_up_when_it_is_not_any_more(bool inMemory)
    {
        await using var bench = new OutboxBench(Roomy, inMemory);
        Add(bench, "a", 300);
        bench.Outbox.Open("a");
        var batch = bench.Take();

        bench.Outbox.Apply(Roomy with { MaxOwnerBytes = 100 * 1100 });
        bench.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal((300, 0), (bench.Ledger("a").Pending, bench.Ledger("a").DroppedInAll));

        batch.PutBack();
        bench.Pass(TimeSpan.FromSeconds(5));
        Assert.InRange(bench.Ledger("a").Pending, 95, 110);
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Where_the_beginning_is_worth_more_nothing_is_given_up_and_nothing_added(bool inMemory)
    {
        var first = Roomy with { WhenFull = _ => WhenFull.DropNewest };
        await using var bench = new OutboxBench(first, inMemory);
        Add(bench, "a", 300);
        bench.Outbox.Apply(first with { MaxOwnerBytes = 100 * 1100 });
        bench.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal((300, 0), (bench.Ledger("a").Pending, bench.Ledger("a").DroppedInAll));
        Assert.Equal(DropReason.OwnerFull, bench.Append("a", "new").Refused);
        bench.AssertBalanced();
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_larger_bound_takes_more_at_once(bool inMemory)
    {
        await using var bench = new OutboxBench(Roomy with { MaxOwnerBytes = 5000 }, inMemory);
        Add(bench, "a", 4);
        bench.Outbox.Apply(Roomy);
        Add(bench, "a", 100);
        Assert.Equal((104, 0), (bench.Ledger("a").Pending, bench.Ledger("a").DroppedInAll));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Another_age_and_another_time_to_live_count_for_what_waits(bool inMemory)
    {
        await using var bench = new OutboxBench(Roomy, inMemory);
        Add(bench, "a", 3);
        bench.Pass(TimeSpan.FromSeconds(30));
        bench.Outbox.Apply(Roomy with { LiveFor = TimeSpan.FromMinutes(1) });
        Assert.Equal(LaneKind.Live, bench.Outbox.Append("a", kind: null, "x"u8, items: 1, filtered: 0).Kind);
        bench.Outbox.Apply(Roomy with { MaxAge = TimeSpan.FromSeconds(20) });
        bench.Pass(TimeSpan.FromSeconds(25));
        Assert.Equal((0, 4), (bench.Ledger("a").Pending, bench.Ledger("a").Dropped[DropReason.Expired]));
        bench.AssertBalanced();
    }

    [Fact]
    public async Task Another_commit_interval_counts_for_what_waits()
    {
        await using var bench = new OutboxBench(Roomy with { CommitInterval = TimeSpan.FromHours(1) });
        bench.Append("a", "kept");
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        bench.Outbox.Tender.Tend();
        Assert.True(bench.Outbox.Status.Trouble is null);
        bench.Outbox.Apply(Roomy with { CommitInterval = TimeSpan.FromSeconds(1) });
        bench.Outbox.Tender.Tend();
        bench.LosePower(new Random(1));
        Assert.Equal(["a:1=kept"], bench.Drain());
    }

    [Fact]
    public async Task Bounds_out_of_range_are_refused_and_nothing_changes()
    {
        await using var bench = new OutboxBench(Roomy);
        Add(bench, "a", 100);
        Assert.Throws<ArgumentException>(() => bench.Outbox.Apply(Roomy with { MaxOwnerBytes = 1, MaxAge = TimeSpan.Zero }));
        bench.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(100, bench.Ledger("a").Pending);
    }

    [Fact]
    public async Task What_was_given_up_is_not_back_after_a_kill()
    {
        await using var bench = new OutboxBench(Roomy);
        Add(bench, "a", 300);
        bench.Outbox.Apply(Roomy with { MaxOwnerBytes = 100 * 1100 });
        var before = bench.Ledger("a");
        bench.Kill();
        Assert.Equal((before.Pending, before.DroppedInAll), (bench.Ledger("a").Pending, bench.Ledger("a").DroppedInAll));
        bench.AssertBalanced();
    }

    // Records of 1 KB that each begin with their number, from 0.
    private static void Add(OutboxBench bench, string owner, int count)
    {
        for (int number = 0; number < count; number++)
            Assert.True(bench.Append(owner, number.ToString(CultureInfo.InvariantCulture) + '.' + new string('.', 1000)).IsTaken);
    }
}
