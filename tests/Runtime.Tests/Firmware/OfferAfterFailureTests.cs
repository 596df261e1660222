namespace BridgeFramework.Runtime.Tests;

/// <summary>An image that is offered again, since its transfer failed.</summary>
public sealed class OfferAfterFailureTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(7 * i))];
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

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
}
