using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Images that are offered to devices which come for them by themselves, hours or days later.</summary>
public sealed class OfferTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(7 * i))];
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Offers_stand_at_once_each_with_its_own_life_and_a_deadline_from_its_first_block_over_a_restart()
    {
        await using var offers = await OfferBench.StartAsync(devices: 5);
        var image = offers.Bench.Add("1.0.0", Image);
        for (int n = 1; n <= 5; n++) offers.Bench.Assign(n, image);
        for (int n = 1; n <= 5; n++) await offers.UntilOffered(n);
        Assert.DoesNotContain("burning", offers.Bench.Hub.All("m1"), StringComparer.Ordinal);

        // One begins after three hours: its deadline runs from then on.
        offers.Time.Advance(3 * Hour);
        offers[1].Pull(512);
        await offers.Until(1, UpdatePhase.HandingOver);
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromDays(1), 512), (
            offers.StatusOf(1).Elapsed, offers.StatusOf(1).Left, offers.StatusOf(1).Bytes));
        Assert.Equal((3 * Hour, Lifetime - (3 * Hour)), (offers.StatusOf(2).Elapsed, offers.StatusOf(2).Left));
        for (int n = 2; n <= 5; n++)
            await offers.Bench.Until($"the age of offer {n} is written down", () => offers.Bench.Written(n).Offered == 3 * Hour);

        // The gateway is killed: all goes on as it was.
        await offers.Bench.KillAsync();
        for (int n = 2; n <= 5; n++) await offers.UntilOffered(n, times: 2);
        await offers.Bench.Until("the first is given it again", () => offers.Bench[1].Calls == 2);
        Assert.Equal((UpdatePhase.HandingOver, 3 * Hour), (offers.StatusOf(1).Phase, offers.StatusOf(2).Elapsed));

        // It takes nearly all of its day, and no more than its day counts.
        offers.Time.Advance((24 * Hour) - Moment);
        await offers.Bench.Until("the first is at it", () => offers.StatusOf(1).Left <= Moment);
        offers[1].Complete();
        Assert.Equal("done", await offers.Bench.EndOf(1));

        // Another begins and never ends: a day from its first block it has failed.
        offers[2].Pull(1);
        await offers.Until(2, UpdatePhase.HandingOver);
        offers.Time.Advance((24 * Hour) - Moment);
        Assert.True(offers[2].Stands);
        offers.Time.Advance(Moment);
        Assert.Equal("fail -5", await offers.Bench.EndOf(2));
        Assert.Contains("Not done within", offers.Bench.Hub.LastMessage("m2"), StringComparison.Ordinal);

        // Days later two more come for it.
        offers.Time.Advance(72 * Hour);
        foreach (int n in (int[])[3, 4])
        {
            offers[n].Pull(10_000);
            offers[n].Complete();
            Assert.Equal("done", await offers.Bench.EndOf(n));
        }

        // The last one never comes: a week from the first offer it is over.
        offers.Time.Advance(Lifetime - ((3 + 24 + 24 + 72) * Hour));
        await offers.Bench.Until("its life is nearly over", () => offers.StatusOf(5).Left <= Moment);
        Assert.True(offers[5].Stands);
        offers.Time.Advance(Moment);
        Assert.Equal("fail -5", await offers.Bench.EndOf(5));
        Assert.Contains("did not come for it within 7d", offers.Bench.Hub.LastMessage("m5"), StringComparison.Ordinal);
        Assert.True(offers[5].IsWithdrawn);
    }

    [Fact]
    public async Task An_offer_may_stand_for_longer_than_a_timer_reaches()
    {
        var lifetime = TimeSpan.FromDays(90);
        await using var offers = await OfferBench.StartAsync(
            devices: 1, bench => bench.Settings = new FirmwareSettings { OfferLifetime = lifetime });
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await offers.UntilOffered(1);

        offers.Time.Advance(lifetime - Moment);
        await offers.Bench.Until("its life is nearly over", () => offers.StatusOf(1).Left <= Moment);
        Assert.True(offers[1].Stands);
        offers.Time.Advance(Moment);

        Assert.Equal("fail -5", await offers.Bench.EndOf(1));
        Assert.Contains("did not come for it within 90d", offers.Bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offers_keep_no_device_of_another_channel_waiting()
    {
        await using var offers = await OfferBench.StartAsync(devices: 4, bench =>
        {
            bench.Settings = new FirmwareSettings { Updates = 1 };
            (bench[4].Channel, bench[4].Offers, bench[4].Concurrency) = ("line1", false, 1);
            bench[4].OnUpdate = (_, _, _) => Task.FromResult<HandOver?>(null);
        });
        var image = offers.Bench.Add("1.0.0", Image);
        for (int n = 1; n <= 3; n++) offers.Bench.Assign(n, image);
        for (int n = 1; n <= 3; n++) await offers.UntilOffered(n);
        offers[1].Pull(1);
        await offers.Until(1, UpdatePhase.HandingOver);

        offers.Bench.Assign(4, image);

        Assert.Equal("done", await offers.Bench.EndOf(4));
    }

    [Fact]
    public async Task No_more_offers_stand_at_once_than_the_driver_says()
    {
        await using var offers = await OfferBench.StartAsync(devices: 3, bench =>
        {
            foreach (var target in bench.Targets.Values) target.Concurrency = 2;
        });
        var image = offers.Bench.Add("1.0.0", Image);
        for (int n = 1; n <= 3; n++)
        {
            offers.Bench.Assign(n, image);
            await offers.Bench.Until("it is there", () => offers.Bench.StatusOf(n)?.Phase is UpdatePhase.Queued or UpdatePhase.Offered);
        }

        await offers.Bench.Until("two are offered", () => offers.Bench.Targets.Values.Sum(target => target.Calls) == 2);
        int waiting = Enumerable.Range(1, 3).Single(n => offers.Bench[n].Calls == 0);
        Assert.Equal(UpdatePhase.Queued, offers.StatusOf(waiting).Phase);
        Assert.Null(offers.StatusOf(waiting).Elapsed);

        offers[waiting == 1 ? 2 : 1].Complete();

        await offers.UntilOffered(waiting);
    }

    [Fact]
    public async Task What_a_driver_prepares_is_no_first_block()
    {
        await using var offers = await OfferBench.StartAsync(devices: 1);
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await offers.UntilOffered(1);

        offers[1].Prepare();
        offers.Time.Advance(48 * Hour);

        await offers.Bench.Until("its age is written down", () => offers.Bench.Written(1).Offered == 48 * Hour);
        Assert.Equal((UpdatePhase.Offered, false), (offers.StatusOf(1).Phase, offers.Bench.Written(1).HasBegun));
        Assert.True(offers[1].Stands);
    }

    [Fact]
    public async Task A_window_that_closes_withdraws_what_nobody_has_come_for_and_cuts_nothing()
    {
        await using var offers = await OfferBench.StartAsync(devices: 2, bench =>
        {
            var opens = TimeOnly.FromDateTime(bench.Time.GetLocalNow().DateTime);
            bench.Policy = new UpdatePolicy { Window = new MaintenanceWindow(opens, opens.AddHours(4)) };
        });
        var image = offers.Bench.Add("1.0.0", Image);
        for (int n = 1; n <= 2; n++) offers.Bench.Assign(n, image);
        for (int n = 1; n <= 2; n++) await offers.UntilOffered(n);
        offers[1].Pull(1);
        await offers.Until(1, UpdatePhase.HandingOver);
        var withdrawn = offers[2];

        await offers.UntilLater("it is withdrawn", () => offers.StatusOf(2).Phase == UpdatePhase.Queued);
        Assert.InRange(offers.StatusOf(2).Elapsed ?? default, 4 * Hour, 5 * Hour); // its life goes on
        Assert.True(offers[1].Stands);
        withdrawn.Pull(512); // too late: it is not offered any more
        offers[1].Complete();
        Assert.Equal("done", await offers.Bench.EndOf(1));

        await offers.UntilLater("it is offered again", () => offers.StatusOf(2).Phase == UpdatePhase.Offered);
        Assert.InRange(offers.StatusOf(2).Elapsed ?? default, 24 * Hour, 25 * Hour);
        await offers.UntilOffered(2, times: 2);
        Assert.False(offers.Bench.Written(2).HasBegun);
        offers[2].Complete();
        Assert.Equal("done", await offers.Bench.EndOf(2));
    }

    [Fact]
    public async Task An_offer_gives_way_to_another_version_and_a_device_that_has_come_goes_to_its_end()
    {
        await using var offers = await OfferBench.StartAsync(devices: 2);
        var (first, second) = (offers.Bench.Add("1.0.0", Image), offers.Bench.Add("1.1.0", [.. Image, 1]));
        for (int n = 1; n <= 2; n++) offers.Bench.Assign(n, first);
        for (int n = 1; n <= 2; n++) await offers.UntilOffered(n);
        offers[1].Pull(1);
        await offers.Until(1, UpdatePhase.HandingOver);
        var (pulled, offered) = (offers[1], offers[2]);

        for (int n = 1; n <= 2; n++) offers.Bench.Assign(n, second);

        await offers.UntilOffered(2, times: 2);
        Assert.True(offered.IsWithdrawn);
        Assert.Equal(("1.1.0", TimeSpan.Zero), (offers.StatusOf(2).Version, offers.StatusOf(2).Elapsed));
        await offers.Bench.Until("the other one is next", () => offers.StatusOf(1).NextVersion == "1.1.0");
        Assert.True(pulled.Stands);
        pulled.Complete();
        await offers.UntilOffered(1, times: 2);
        Assert.Equal(["done"], offers.Bench.Hub.EndsOf("m1"));
    }

    [Fact]
    public async Task An_operator_cancels_an_offer_and_has_it_made_anew()
    {
        await using var offers = await OfferBench.StartAsync(devices: 1);
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await offers.UntilOffered(1);
        offers.Time.Advance(100 * Hour);
        var offer = offers[1];

        await offers.Bench.Updates.CancelAsync(FirmwareBench.Id(1), TestContext.Current.CancellationToken);
        Assert.Equal("fail -5", await offers.Bench.EndOf(1));
        Assert.True(offer.IsWithdrawn);
        Assert.Null(offers.StatusOf(1).Elapsed);

        await offers.Bench.Updates.RetryAsync(FirmwareBench.Id(1), TestContext.Current.CancellationToken);
        await offers.UntilOffered(1, times: 2);
        Assert.Equal((TimeSpan.Zero, Lifetime), (offers.StatusOf(1).Elapsed, offers.StatusOf(1).Left));
    }
}
