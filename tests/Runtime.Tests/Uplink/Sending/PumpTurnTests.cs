using System.Globalization;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using CsCheck;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Whose turn it is, and what a message holds, step by step on one thread.</summary>
public sealed class PumpTurnTests
{
    [Fact]
    public async Task Where_both_lanes_have_something_live_values_have_their_share()
    {
        await using var bench = new PumpBench(owners: 1);
        for (int i = 0; i < 2000; i++)
        {
            bench.Append("P/0", LaneKind.Live);
            bench.Append("P/0", LaneKind.Backfill);
        }

        int live = 0;
        for (int i = 0; i < 1000; i++)
            if (!bench.Turn().IsBackfill) live++;

        Assert.Equal(700, live);
    }

    [Fact]
    public async Task What_waits_of_one_without_a_route_stays_and_nobody_asks_for_a_token_for_it()
    {
        await using var bench = new PumpBench(owners: 1);
        bench.Do(() => bench.Outbox.Open("P/nowhere"));
        bench.Append("P/nowhere", LaneKind.Live);
        for (int i = 0; i < 2; i++) bench.Append("P/0", LaneKind.Live);
        while (bench.Pending > 1) bench.Turn();

        bench.Do(() =>
        {
            // One token at most finds that there is nothing for it.
            if (bench.Hub.Hand()) Assert.Empty(bench.Hub.UnderWay);
        });
        Assert.Equal((1, 0), (bench.Live("P/nowhere").Pending, bench.Outbox.Ready(LaneKind.Live)));
        bench.Do(() => Assert.False(bench.Hub.Hand(), "Somebody asks for a token once more."));
        Assert.Empty(bench.Log.Troubles);
    }

    [Theory]
    [InlineData(LaneKind.Live)]
    [InlineData(LaneKind.Backfill)]
    public async Task A_lane_alone_has_every_message_and_owes_nothing_for_it(LaneKind kind)
    {
        await using var bench = new PumpBench(owners: 1);
        for (int i = 0; i < 100; i++) bench.Append("P/0", kind);
        for (int i = 0; i < 100; i++) Assert.Equal(kind == LaneKind.Backfill, bench.Turn().IsBackfill);

        for (int i = 0; i < 100; i++)
        {
            bench.Append("P/0", LaneKind.Live);
            bench.Append("P/0", LaneKind.Backfill);
        }

        Assert.Equal(7, Enumerable.Range(0, 10).Count(_ => !bench.Turn().IsBackfill));
    }

    [Fact]
    public async Task What_gathers_until_there_is_a_token_goes_in_one_message()
    {
        await using var bench = new PumpBench(owners: 1, UplinkFormat.Compact);
        bench.Append("P/0", LaneKind.Live);
        Assert.Equal(1, bench.Hub.Asking);
        for (int i = 0; i < 9; i++) bench.Append("P/0", LaneKind.Live);

        var message = bench.Turn();

        Assert.Equal((1, 10), (message.Sequence, message.Sets));
        Assert.Equal((10, 0), (bench.Live("P/0").Acknowledged, bench.Live("P/0").Pending));
    }

    [Fact]
    public async Task What_a_message_does_not_hold_of_its_batch_comes_next()
    {
        await using var bench = new PumpBench(owners: 1);
        bench.Append("P/0", LaneKind.Live, samples: 1500);

        var numbers = new List<long>();
        while (bench.Live("P/0").Pending > 0) numbers.Add(bench.Turn().Sequence);

        Assert.InRange(numbers.Count, 3, 20);
        Assert.Equal(numbers.Order(), numbers);
        Assert.Equal((1500, 1), (bench.Live("P/0").Acknowledged, numbers[0]));
    }

    [Fact]
    public async Task Records_of_what_is_under_way_go_behind_it()
    {
        await using var bench = new PumpBench(owners: 1, UplinkFormat.Compact);
        bench.Append("P/0", LaneKind.Live);
        bench.Do(() => bench.Hub.Hand());
        bench.Append("P/0", LaneKind.Live);
        Assert.Equal(0, bench.Hub.Asking); // one of a lane at a time
        bench.Do(bench.Hub.UnderWay[0].Settled.SetResult);

        Assert.Equal(2, bench.Turn().Sequence);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_that_fails_comes_again_with_its_number_and_what_has_come_since(bool timeout)
    {
        await using var bench = new PumpBench(owners: 1, UplinkFormat.Compact);
        bench.Append("P/0", LaneKind.Live);
        bench.Do(() => bench.Hub.Hand());
        bench.Do(() => bench.Hub.UnderWay[0].Settled.SetException(timeout ? new TimeoutException() : new HubOfflineException()));
        bench.Append("P/0", LaneKind.Live);
        bench.Pass(TimeSpan.FromSeconds(1));

        var again = bench.Turn();
        Assert.Equal((1, 2), (again.Sequence, again.Sets));
    }

    [Fact]
    public async Task A_lane_that_was_closed_after_it_was_asked_for_gives_no_message()
    {
        await using var bench = new PumpBench(owners: 1);
        bench.Append("P/0", LaneKind.Live);
        bench.Do(() => bench.Outbox.Close("P/0"));
        bench.Do(() => bench.Hub.Hand());
        Assert.Empty(bench.Hub.UnderWay);
        Assert.Equal(1, bench.Live("P/0").Pending);

        bench.Do(() => bench.Outbox.Open("P/0"));
        Assert.Equal(1, bench.Turn().Sequence);
        Assert.Empty(bench.Log.Troubles);
    }

    [Fact]
    public async Task A_bug_in_a_profile_is_told_and_holds_no_lane_up_for_ever()
    {
        var encoder = new FaultyEncoder();
        await using var bench = new PumpBench(owners: 1, encoder: encoder);
        bench.Append("P/0", LaneKind.Live);
        bench.Do(() => bench.Hub.Hand());
        Assert.Contains("P/0", Assert.Single(bench.Log.Troubles).Text, StringComparison.Ordinal);
        Assert.Equal((1, 0), (bench.Live("P/0").Pending, bench.Hub.Asking)); // the lane rests
        encoder.IsFaulty = false;
        bench.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(1, bench.Turn().Sequence);
    }

    [Fact]
    public Task Whatever_happens_each_lane_arrives_whole_and_in_its_order() =>
        Gen.Int.SampleAsync(
            async seed =>
            {
                var random = new Random(seed);
                await using var bench = new PumpBench(owners: 3, (UplinkFormat)random.Next(2), window: random.Next(1, 5));
                var arrived = new Dictionary<(string, bool), long>();
                for (int step = random.Next(10, 200); step > 0; step--) Happen(bench, random, arrived);

                foreach (string owner in bench.Owners) bench.Do(() => bench.Outbox.Open(owner));
                for (int round = 0; bench.Pending > 0; round++)
                {
                    Assert.True(round < 3000, $"{bench.Pending} samples wait, and nothing sends them.");
                    bench.Pass(TimeSpan.FromSeconds(1));
                    bench.Do(() => bench.Hub.Hand());
                    while (bench.Hub.UnderWay.Count > 0) Arrive(bench, bench.Hub.UnderWay[0], arrived, confirmed: true);
                }

                foreach (string owner in bench.Owners)
                    foreach (var kind in Enum.GetValues<LaneKind>())
                        Assert.Equal(bench.Outbox.StatusOf(new Lane(owner, kind)).NextSequence - 1, arrived.GetValueOrDefault(
                            (owner, kind == LaneKind.Backfill)));
                Assert.All(
                    bench.Outbox.Ledgers(), ledger => Assert.Equal((ledger.Reported, 0), (ledger.Acknowledged, ledger.DroppedInAll)));
                Assert.DoesNotContain(bench.Log.Troubles, line => line.Level >= LogLevel.Error);
            },
            print: seed => seed.ToString(CultureInfo.InvariantCulture));

    private static void Happen(PumpBench bench, Random random, Dictionary<(string, bool), long> arrived)
    {
        string owner = bench.Owners[random.Next(bench.Owners.Count)];
        switch (random.Next(12))
        {
            case < 4:
                bench.Append(owner, (LaneKind)random.Next(2), samples: random.Next(10) == 0 ? random.Next(1, 900) : random.Next(1, 5));
                break;
            case < 7:
                bench.Do(() => bench.Hub.Hand());
                break;
            case < 10 when bench.Hub.UnderWay.Count > 0:
                var message = bench.Hub.UnderWay[random.Next(bench.Hub.UnderWay.Count)];
                if (random.Next(4) > 0) Arrive(bench, message, arrived, confirmed: random.Next(5) > 0);
                else bench.Do(() => message.Settled.SetException(random.Next(2) == 0 ? new TimeoutException() : new HubOfflineException()));
                break;
            case 10:
                bench.Do(() => bench.Outbox.Close(owner));
                break;
            case 11:
                bench.Do(() => bench.Outbox.Open(owner));
                break;
            default:
                bench.Pass(TimeSpan.FromSeconds(random.NextDouble()));
                break;
        }
    }

    /// <summary>The hub has a message; whether the gateway hears of it is another matter.</summary>
    private static void Arrive(PumpBench bench, HandedPublish message, Dictionary<(string, bool), long> arrived, bool confirmed)
    {
        var lane = (message.Topic[..message.Topic.LastIndexOf('/')], message.IsBackfill);
        long before = arrived.GetValueOrDefault(lane);
        // Numbers that came before are dropped by a receiver; none is ever left out.
        Assert.InRange(message.Sequence, 1, before + 1);
        arrived[lane] = Math.Max(before, message.Sequence + message.Samples - 1);
        bench.Do(() =>
        {
            if (confirmed) message.Settled.SetResult();
            else message.Settled.SetException(new TimeoutException());
        });
    }
}
