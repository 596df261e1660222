using System.Globalization;
using System.Text;
using CsCheck;

namespace BridgeFramework.Outbox.Tests;

public sealed class MemoryOutboxTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lane_keeps_its_order_and_has_one_record_under_way()
    {
        var outbox = new MemoryOutbox(new MemoryOutboxOptions());
        outbox.Open("a");
        await AppendAsync(outbox, "a", "1");
        await AppendAsync(outbox, "a", "2");

        var first = await outbox.TakeAsync(Cancellation);
        var second = outbox.TakeAsync(Cancellation);

        Assert.Equal("1", TextOf(first));
        Assert.False(second.IsCompleted);
        first.Acknowledge();
        Assert.Equal("2", TextOf(await second));
    }

    [Fact]
    public async Task A_record_that_is_put_back_is_the_first_again()
    {
        var outbox = new MemoryOutbox(new MemoryOutboxOptions());
        outbox.Open("a");
        await AppendAsync(outbox, "a", "1");
        await AppendAsync(outbox, "a", "2");

        (await outbox.TakeAsync(Cancellation)).PutBack();

        Assert.Equal("1", TextOf(await outbox.TakeAsync(Cancellation)));
    }

    [Fact]
    public async Task A_closed_lane_collects_and_gives_nothing_until_it_is_opened()
    {
        var outbox = new MemoryOutbox(new MemoryOutboxOptions());
        await AppendAsync(outbox, "a", "1");
        var taken = outbox.TakeAsync(Cancellation);
        Assert.False(taken.IsCompleted);

        outbox.Open("a");

        Assert.Equal("1", TextOf(await taken));
    }

    [Fact]
    public async Task A_lane_closed_after_it_got_its_turn_gives_nothing()
    {
        var outbox = new MemoryOutbox(new MemoryOutboxOptions());
        outbox.Open("a");
        outbox.Open("b");
        await AppendAsync(outbox, "a", "1");
        await AppendAsync(outbox, "b", "2");

        outbox.Close("a");

        Assert.Equal("2", TextOf(await outbox.TakeAsync(Cancellation)));
    }

    [Fact]
    public async Task Lanes_take_turns_however_much_one_of_them_holds()
    {
        var outbox = new MemoryOutbox(new MemoryOutboxOptions());
        outbox.Open("chatty");
        outbox.Open("quiet");
        for (int i = 0; i < 100; i++) await AppendAsync(outbox, "chatty", "x");
        await AppendAsync(outbox, "quiet", "y");

        (await outbox.TakeAsync(Cancellation)).Acknowledge();

        Assert.Equal("quiet", (await outbox.TakeAsync(Cancellation)).Lane);
    }

    [Fact]
    public async Task A_full_lane_drops_its_oldest_record_and_counts_it()
    {
        var outbox = new MemoryOutbox(new MemoryOutboxOptions { MaxLaneBytes = 3 });
        outbox.Open("a");
        for (int i = 1; i <= 5; i++) await AppendAsync(outbox, "a", i.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(new LaneStatus(Appended: 5, Acknowledged: 0, Dropped: 2, PendingBytes: 3), outbox.StatusOf("a"));
        Assert.Equal("3", TextOf(await outbox.TakeAsync(Cancellation)));
    }

    [Fact]
    public async Task A_chatty_lane_pushes_out_its_own_records_and_not_anothers()
    {
        var outbox = new MemoryOutbox(new MemoryOutboxOptions { MaxBytes = 10 });
        await AppendAsync(outbox, "quiet", "1");
        for (int i = 0; i < 50; i++) await AppendAsync(outbox, "chatty", "x");

        Assert.Equal(1, outbox.StatusOf("quiet").Pending);
        Assert.Equal(41, outbox.StatusOf("chatty").Dropped);
    }

    [Fact]
    public async Task What_is_under_way_is_never_dropped()
    {
        var outbox = new MemoryOutbox(new MemoryOutboxOptions { MaxLaneBytes = 2 });
        outbox.Open("a");
        await AppendAsync(outbox, "a", "1");
        var lease = await outbox.TakeAsync(Cancellation);
        for (int i = 2; i <= 9; i++) await AppendAsync(outbox, "a", i.ToString(CultureInfo.InvariantCulture));

        Assert.Equal("1", TextOf(lease));
        lease.Acknowledge();
        Assert.Equal("9", TextOf(await outbox.TakeAsync(Cancellation)));
    }

    [Fact]
    public async Task Items_are_numbered_per_lane_and_a_drop_leaves_a_gap()
    {
        var outbox = new MemoryOutbox(new MemoryOutboxOptions { MaxLaneBytes = 2 });
        outbox.Open("a");
        await outbox.AppendAsync("b", new byte[1], items: 7, Cancellation);
        await outbox.AppendAsync("a", new byte[1], items: 3, Cancellation);
        await outbox.AppendAsync("a", new byte[1], items: 2, Cancellation);
        await outbox.AppendAsync("a", new byte[1], items: 1, Cancellation);

        var first = await outbox.TakeAsync(Cancellation);

        Assert.Equal(4, first.FirstSequence);
        Assert.Equal(new LaneStatus(Appended: 6, Acknowledged: 0, Dropped: 3, PendingBytes: 2), outbox.StatusOf("a"));
        first.Acknowledge();
        Assert.Equal(6, (await outbox.TakeAsync(Cancellation)).FirstSequence);
    }

    [Fact]
    public async Task What_can_never_be_sent_is_dropped_and_counted_as_such_and_the_lane_goes_on()
    {
        var outbox = new MemoryOutbox(new MemoryOutboxOptions());
        outbox.Open("a");
        await outbox.AppendAsync("a", new byte[5], items: 3, Cancellation);
        await AppendAsync(outbox, "a", "2");

        var lease = await outbox.TakeAsync(Cancellation);
        lease.Drop();

        Assert.Equal(new LaneStatus(Appended: 4, Acknowledged: 0, Dropped: 3, PendingBytes: 1), outbox.StatusOf("a"));
        Assert.Throws<InvalidOperationException>(lease.Drop);
        Assert.Equal("2", TextOf(await outbox.TakeAsync(Cancellation)));
    }

    [Fact]
    public async Task A_lease_is_settled_once()
    {
        var outbox = new MemoryOutbox(new MemoryOutboxOptions());
        outbox.Open("a");
        await AppendAsync(outbox, "a", "1");
        var lease = await outbox.TakeAsync(Cancellation);
        lease.Acknowledge();

        Assert.Throws<InvalidOperationException>(lease.Acknowledge);
        Assert.Throws<InvalidOperationException>(lease.PutBack);
    }

    [Fact]
    public async Task A_record_larger_than_a_lane_is_refused_and_nothing_is_dropped_for_it()
    {
        var outbox = new MemoryOutbox(new MemoryOutboxOptions { MaxLaneBytes = 2 });
        await AppendAsync(outbox, "a", "1");

        await Assert.ThrowsAsync<ArgumentException>(async () => await AppendAsync(outbox, "a", "123"));
        Assert.Equal(1, outbox.StatusOf("a").Pending);
    }

    [Fact]
    public Task The_books_balance_whatever_happens() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[1, 4]).Array[0, 200].SampleAsync(async steps =>
        {
            var outbox = new MemoryOutbox(new MemoryOutboxOptions { MaxBytes = 12, MaxLaneBytes = 7 });
            var leases = new List<OutboxLease>();
            foreach (var (step, lane, size) in steps)
            {
                string name = "lane" + lane;
                if (step == 0) outbox.Open(name);
                if (step == 1) outbox.Close(name);
                if (step == 2) await outbox.AppendAsync(name, new byte[size], items: 1, CancellationToken.None);
                if (step == 3 && await TryTakeAsync(outbox) is { } lease) leases.Add(lease);
                if (step == 4 && leases.Count > 0)
                {
                    if (size % 2 == 0) leases[0].Acknowledge();
                    else leases[0].PutBack();
                    leases.RemoveAt(0);
                }
            }

            var lanes = Enumerable.Range(0, 3).Select(lane => outbox.StatusOf("lane" + lane)).ToList();
            return lanes.All(lane => lane.Pending >= 0 && lane.PendingBytes >= lane.Pending && (lane.Pending > 0 || lane.PendingBytes == 0))
                && lanes.Sum(lane => lane.PendingBytes) <= 12 + 4 * leases.Count;
        });

    private static async Task<OutboxLease?> TryTakeAsync(MemoryOutbox outbox)
    {
        using var stop = new CancellationTokenSource();
        var taken = outbox.TakeAsync(stop.Token).AsTask();
        if (!taken.IsCompleted) await stop.CancelAsync();
        try
        {
            return await taken;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static ValueTask AppendAsync(MemoryOutbox outbox, string lane, string text) =>
        outbox.AppendAsync(lane, Encoding.UTF8.GetBytes(text), items: 1, Cancellation);

    private static string TextOf(OutboxLease lease) => Encoding.UTF8.GetString(lease.Record.Span);
}
