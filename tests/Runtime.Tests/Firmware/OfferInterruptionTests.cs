namespace BridgeFramework.Runtime.Tests;

/// <summary>What becomes of an offer, and of a device that has come for it, when the channel or the gateway ends meanwhile.</summary>
public sealed class OfferInterruptionTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(7 * i))];
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

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
