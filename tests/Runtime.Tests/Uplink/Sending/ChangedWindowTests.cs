using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A window and a share of live values that change while the pump runs.</summary>
public sealed class ChangedWindowTests
{
    [Fact]
    public async Task A_wider_window_asks_for_more_at_once()
    {
        await using var bench = new PumpBench(owners: 5, window: 2);
        foreach (string owner in bench.Owners) bench.Append(owner, LaneKind.Live);
        Assert.Equal(2, bench.Hub.Asking);
        bench.Do(() => bench.Pump.Apply(window: 4, liveShare: 70));
        Assert.Equal(4, bench.Hub.Asking);
    }

    [Fact]
    public async Task A_narrower_window_sees_what_is_under_way_to_its_end_and_asks_for_no_more()
    {
        await using var bench = new PumpBench(owners: 6, window: 4);
        foreach (string owner in bench.Owners) bench.Append(owner, LaneKind.Live);
        while (bench.Hub.Asking > 0) bench.Do(() => bench.Hub.Hand());
        Assert.Equal(4, bench.Hub.UnderWay.Count);

        bench.Do(() => bench.Pump.Apply(window: 2, liveShare: 70));
        for (int left = 4; left > 2; left--)
        {
            Assert.Equal((left, 0), (bench.Hub.UnderWay.Count, bench.Hub.Asking));
            bench.Do(bench.Hub.UnderWay[0].Settled.SetResult);
        }

        Assert.Equal((2, 0), (bench.Hub.UnderWay.Count, bench.Hub.Asking));
        bench.Do(bench.Hub.UnderWay[0].Settled.SetResult);
        Assert.Equal((1, 1), (bench.Hub.UnderWay.Count, bench.Hub.Asking));
        bench.Do(() => bench.Hub.Hand());
        while (bench.Hub.UnderWay.Count > 0)
        {
            bench.Do(bench.Hub.UnderWay[0].Settled.SetResult);
            bench.Do(() => bench.Hub.Hand());
        }

        Assert.Equal(0, bench.Pending);
    }

    [Fact]
    public async Task Another_share_counts_from_the_next_message()
    {
        await using var bench = new PumpBench(owners: 1);
        for (int i = 0; i < 200; i++)
        {
            bench.Append("P/0", LaneKind.Live);
            bench.Append("P/0", LaneKind.Backfill);
        }

        Assert.Equal(70, Enumerable.Range(0, 100).Count(_ => !bench.Turn().IsBackfill));
        bench.Do(() => bench.Pump.Apply(window: 16, liveShare: 20));
        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => !bench.Turn().IsBackfill));
    }
}
