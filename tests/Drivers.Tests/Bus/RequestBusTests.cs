namespace BridgeFramework.Drivers.Tests;

public sealed class RequestBusTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_go_ahead_of_transfers_and_these_ahead_of_polls()
    {
        var bus = new RequestBus(1);
        var turn = await bus.EnterAsync(BusPriority.Poll, Ct);
        var order = new List<BusPriority>();
        Task[] waiting = [Use(bus, BusPriority.Poll, order), Use(bus, BusPriority.Transfer, order), Use(bus, BusPriority.Command, order)];
        turn.Dispose();
        await Task.WhenAll(waiting);
        Assert.Equal([BusPriority.Command, BusPriority.Transfer, BusPriority.Poll], order);
    }

    [Fact]
    public async Task After_eight_commands_in_a_row_one_poll_is_let_through()
    {
        var bus = new RequestBus(1);
        var turn = await bus.EnterAsync(BusPriority.Poll, Ct);
        var order = new List<BusPriority>();
        var waiting = new List<Task>();
        for (int i = 0; i < 2; i++) waiting.Add(Use(bus, BusPriority.Poll, order));
        for (int i = 0; i < 20; i++) waiting.Add(Use(bus, BusPriority.Command, order));
        turn.Dispose();
        await Task.WhenAll(waiting);
        Assert.Equal([8, 17], order.Index().Where(o => o.Item == BusPriority.Poll).Select(o => o.Index));
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_no_turn()
    {
        var bus = new RequestBus(1);
        var turn = await bus.EnterAsync(BusPriority.Poll, Ct);
        using var givesUp = new CancellationTokenSource();
        var lost = bus.EnterAsync(BusPriority.Command, givesUp.Token).AsTask();
        var order = new List<BusPriority>();
        var next = Use(bus, BusPriority.Poll, order);
        await givesUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);
        Assert.Equal(1, bus.Waiting);
        turn.Dispose();
        await next;
        Assert.Single(order);
    }

    [Fact]
    public async Task The_queue_is_bounded()
    {
        var bus = new RequestBus(1, maxWaiting: 1);
        using var turn = await bus.EnterAsync(BusPriority.Poll, Ct);
        var waiting = bus.EnterAsync(BusPriority.Command, Ct).AsTask();
        await Assert.ThrowsAsync<DriverException>(async () => (await bus.EnterAsync(BusPriority.Command, Ct)).Dispose());
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task No_more_turns_than_agreed_are_takenat_a_time()
    {
        var bus = new RequestBus(3);
        int taken = 0;
        int most = 0;
        var all = Enumerable.Range(0, 50).Select(async _ =>
        {
            using var turn = await bus.EnterAsync(BusPriority.Poll, Ct);
            int now = Interlocked.Increment(ref taken);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref taken);
        });
        await Task.WhenAll(all);
        Assert.InRange(most, 1, 3);
    }

    private static void InterlockedMax(ref int place, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref place)) < value && Interlocked.CompareExchange(ref place, value, seen) != seen)
        {
        }
    }

    private static async Task Use(RequestBus bus, BusPriority priority, List<BusPriority> order)
    {
        using var turn = await bus.EnterAsync(priority, Ct);
        lock (order) order.Add(priority);
    }
}
