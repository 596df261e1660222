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
    public async Task After_a_transfer_that_failed_it_is_an_offer_again_and_the_deadline_runs_on()
    {
        await using var offers = await OfferBench.StartAsync(devices: 1);
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await FailOnceAsync(offers);
        await Burns(offers, times: 1);
        Assert.InRange(offers.StatusOf(1).Left ?? default, 22 * Hour, 23 * Hour);
        offers.Time.Advance(Hour);
        Assert.Single(offers.Bench.Hub.All("m1"), state => state == "burning"); // and not again: nothing burns

        offers[1].Pull(512);
        await offers.Until(1, UpdatePhase.HandingOver);
        Assert.InRange(offers.StatusOf(1).Left ?? default, 21 * Hour, 22 * Hour);
        await Burns(offers, times: 2);
        offers[1].Complete();
        Assert.Equal("done", await offers.Bench.EndOf(1));
    }

    [Fact]
    public async Task An_offer_after_a_transfer_that_failed_gives_way_to_another_version()
    {
        await using var offers = await OfferBench.StartAsync(devices: 1);
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await FailOnceAsync(offers);
        var offer = offers[1];

        offers.Bench.Assign(1, offers.Bench.Add("1.1.0", [.. Image, 1]));

        await offers.UntilOffered(1, times: 3);
        Assert.True(offer.IsWithdrawn);
        Assert.Equal("1.1.0", offers.StatusOf(1).Version);
    }

    private static Task Burns(OfferBench offers, int times) => Step.Of(
        "the hub hears that it burns", ct => offers.Bench.Hub.UntilAsync("m1", state => state == "burning", ct, times), offers.Bench);

    /// <summary>The device comes, its transfer fails after an hour, and it is offered the image again.</summary>
    private static async Task FailOnceAsync(OfferBench offers)
    {
        await offers.UntilOffered(1);
        offers[1].Pull(512);
        await offers.Until(1, UpdatePhase.HandingOver);
        offers.Time.Advance(Hour);
        offers[1].End(HandOverOutcome.Failed, "CRC.");
        await offers.UntilLater("it is offered again", () => offers.Bench[1].Calls == 2);
        await offers.UntilOffered(1, times: 2);
        Assert.Equal((1, true), (offers.StatusOf(1).Failures, offers.Bench.Written(1).HasBegun));
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

    [Fact]
    public async Task A_channel_that_is_run_anew_is_given_its_offers_again_and_their_life_goes_on()
    {
        await using var offers = await OfferBench.StartAsync(devices: 1);
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await offers.UntilOffered(1);
        offers.Time.Advance(2 * Hour);
        offers.Bench[1].SetReady(false);

        offers[1].End(HandOverOutcome.Absent, "The channel ended meanwhile.");
        await offers.Until(1, UpdatePhase.Queued);
        Assert.Equal("The channel ended meanwhile.", offers.StatusOf(1).Reason);
        offers.Bench[1].SetReady(true);

        await offers.UntilLater("it is offered again", () => offers.StatusOf(1).Phase == UpdatePhase.Offered);
        Assert.Null(offers.StatusOf(1).Reason);
        Assert.InRange(offers.StatusOf(1).Elapsed ?? default, 2 * Hour, 3 * Hour);
        Assert.Equal(0, offers.StatusOf(1).Failures);
    }

    /// <summary>What a device that was offered an image says after a restart, and what becomes of the offer.</summary>
    public static TheoryData<FirmwareState?, string?, UpdatePhase> AfterRestart => new()
    {
        { null, null, UpdatePhase.Offered }, // it sleeps
        { FirmwareState.Unknown, null, UpdatePhase.Offered },
        { FirmwareState.Failed, "0.1.0", UpdatePhase.Offered }, // of an earlier update
        { FirmwareState.Idle, "1.0.0", UpdatePhase.Done },
    };

    [Theory]
    [MemberData(nameof(AfterRestart))]
    public async Task A_device_that_has_not_come_is_offered_it_after_a_restart_unless_it_runs_it(
        FirmwareState? state, string? version, UpdatePhase phase)
    {
        await using var offers = await OfferBench.StartAsync(devices: 1);
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await offers.UntilOffered(1);
        offers.Bench[1].OnQuery = () => state is { } known
            ? new FirmwareAnswer(new FirmwareStatus { State = known, Version = version }) : new FirmwareAnswer(null, "It sleeps.");

        await offers.Bench.RestartAsync();

        await offers.Bench.Until("it is known", () => offers.Bench[1].Calls == 2 || offers.StatusOf(1).Phase == UpdatePhase.Done);
        await offers.Until(1, phase);
        Assert.Equal(0, offers.StatusOf(1).Failures);
    }

    [Theory]
    [InlineData("restart")]
    [InlineData("kill")]
    [InlineData("channel")]
    public async Task A_device_that_sleeps_in_the_middle_of_its_transfer_is_given_the_image_again(string ends)
    {
        await using var offers = await OfferBench.StartAsync(devices: 1);
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await offers.UntilOffered(1);
        offers[1].Pull(512);
        await offers.Until(1, UpdatePhase.HandingOver);
        offers.Bench[1].OnQuery = () => new FirmwareAnswer(null, "It sleeps.");

        if (ends == "restart") await offers.Bench.RestartAsync();
        else if (ends == "kill") await offers.Bench.KillAsync();
        else offers[1].End(HandOverOutcome.Absent, "The channel ended meanwhile.");

        await offers.UntilLater("it is given it again", () => offers.Bench[1].Calls == 2);
        Assert.Equal((UpdatePhase.HandingOver, 0), (offers.StatusOf(1).Phase, offers.StatusOf(1).Failures));
        offers.Bench[1].OnQuery = () => null;
        offers[1].Pull(1024);
        offers[1].Complete();
        Assert.Equal("done", await offers.Bench.EndOf(1));
    }

    [Fact]
    public async Task An_offer_that_stands_outlives_more_kills_than_an_attempt_may_end_unseen()
    {
        await using var offers = await OfferBench.StartAsync(devices: 1);
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        for (int begun = 1; begun <= OpenAttempts.MaxUnseen + 2; begun++)
        {
            await offers.UntilOffered(1, begun);
            await offers.UntilLater("it has stood for a while", () => offers.Bench.Written(1).OpenAttempts == 0);
            await offers.Bench.KillAsync();
        }

        await offers.UntilOffered(1, OpenAttempts.MaxUnseen + 3);
        offers[1].Pull(1);
        await offers.Until(1, UpdatePhase.HandingOver);
        Assert.Equal(1, offers.Bench.Written(1).OpenAttempts); // what has begun since counts
    }

    [Fact]
    public async Task An_offer_that_kills_the_gateway_each_time_is_made_ten_times()
    {
        await using var offers = await OfferBench.StartAsync(devices: 1);
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        for (int begun = 1; begun <= OpenAttempts.MaxUnseen; begun++)
        {
            await offers.UntilOffered(1, begun);
            Assert.Equal(begun, offers.Bench.Written(1).OpenAttempts);
            await offers.Bench.KillAsync();
        }

        Assert.Equal("fail -5", await offers.Bench.EndOf(1));
        Assert.Contains("killed or crashed 10 times", offers.Bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
    }
}
