using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>The maintenance window of a product, which closes while an update waits for something else; what has begun within it.</summary>
public sealed class WindowTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(7 * i))];
    private static readonly TimeSpan UntilItIsClosed = TimeSpan.FromHours(3);

    private MaintenanceWindow _window;

    [Fact]
    public async Task A_device_that_comes_back_after_the_window_has_closed_is_given_nothing_before_the_next_one()
    {
        var within = new List<bool>();
        await using var offers = await StartAsync(devices: 1, bench =>
        {
            Give(bench, 1, _ => Task.CompletedTask, within);
            bench[1].SetReady(false);
        });
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await offers.Bench.Until("it waits for the device", () => offers.Bench[1].Waiting == 1);

        offers.Time.Advance(UntilItIsClosed);
        offers.Bench[1].SetReady(true);
        await offers.UntilLater("it is over", () => offers.StatusOf(1).Phase == UpdatePhase.Done);

        Assert.Equal([true], within);
    }

    [Fact]
    public async Task A_device_whose_turn_comes_after_the_window_has_closed_is_given_nothing_before_the_next_one()
    {
        var (within, release) = (new List<bool>(), new TaskCompletionSource());
        await using var offers = await StartAsync(devices: 2, bench =>
        {
            Give(bench, 1, release.Task.WaitAsync, []);
            Give(bench, 2, _ => Task.CompletedTask, within);
        });
        var image = offers.Bench.Add("1.0.0", Image);
        offers.Bench.Assign(1, image);
        await offers.Until(1, UpdatePhase.HandingOver);
        offers.Bench.Assign(2, image);
        await offers.Bench.Until("it waits for its turn", () => offers.Bench[2].Waiting == 1);

        offers.Time.Advance(UntilItIsClosed);
        release.SetResult();
        await offers.UntilLater("it is over", () => offers.StatusOf(2).Phase == UpdatePhase.Done);

        Assert.Equal([true], within);
    }

    [Fact]
    public async Task An_offer_after_a_transfer_that_failed_is_withdrawn_when_the_window_closes()
    {
        await using var offers = await StartAsync(devices: 1);
        await BeginAsync(offers);
        offers[1].End(HandOverOutcome.Failed, "CRC.");
        await offers.UntilLater("it is offered again", () => offers.Bench[1].Calls == 2);
        await offers.UntilOffered(1, times: 2);
        var offer = offers[1];

        await offers.UntilLater("it is withdrawn", () => offers.StatusOf(1).Phase == UpdatePhase.Queued);

        Assert.True(offer.IsWithdrawn);
    }

    [Fact]
    public async Task A_device_that_takes_its_image_in_the_moment_in_which_the_window_closes_has_it()
    {
        await using var offers = await StartAsync(devices: 1, bench => bench[1].OnUpdate = async (_, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            bench[1].Device.Version = "1.0.0";
            return new HandOver(HandOverOutcome.Taken);
        });
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await offers.UntilOffered(1);

        await offers.UntilLater("it is over", () => offers.StatusOf(1).Phase == UpdatePhase.Done);

        Assert.Equal(1, offers.Bench[1].Calls);
    }

    [Fact]
    public async Task A_device_that_takes_its_image_in_the_moment_in_which_the_gateway_stops_has_it()
    {
        await using var offers = await OfferBench.StartAsync(devices: 1);
        offers.Bench[1].OnUpdate = async (_, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return new HandOver(HandOverOutcome.Taken);
        };
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await offers.UntilOffered(1);

        await offers.Bench.RestartAsync();

        await offers.Until(1, UpdatePhase.Confirming);
        offers.Bench[1].Device.Version = "1.0.0";
        await offers.UntilLater("it is over", () => offers.StatusOf(1).Phase == UpdatePhase.Done);
        Assert.Equal(1, offers.Bench[1].Calls);
    }

    [Fact]
    public async Task A_transfer_that_began_within_the_window_goes_on_outside_it_over_a_restart()
    {
        await using var offers = await StartAsync(devices: 1);
        await BeginAsync(offers);
        offers.Time.Advance(UntilItIsClosed);
        Assert.True(offers[1].Stands);
        offers.Bench[1].OnQuery = () => new FirmwareAnswer(null, "It sleeps.");

        await offers.Bench.RestartAsync();
        await offers.Bench.Until("it is given it again", () => offers.Bench[1].Calls == 2);
        offers.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(offers[1].Stands);

        offers.Bench[1].OnQuery = () => null;
        offers[1].Complete();
        Assert.Equal("done", await offers.Bench.EndOf(1));
    }

    [Fact]
    public async Task A_transfer_goes_on_outside_the_window_also_where_the_plugin_is_not_there_yet_after_a_restart()
    {
        await using var offers = await StartAsync(devices: 1);
        await BeginAsync(offers);
        offers.Time.Advance(UntilItIsClosed);
        offers.Bench[1].OnQuery = () => new FirmwareAnswer(null, "It sleeps.");
        (int waited, offers.Bench[1].Offers) = (offers.Bench[1].Waiting, false);
        offers.Bench[1].SetReady(false);

        await offers.Bench.RestartAsync();
        await offers.Bench.Until("it waits for the device", () => offers.Bench[1].Waiting > waited);
        offers.Bench[1].Offers = true;
        offers.Bench[1].SetReady(true);

        await offers.Bench.Until("it is given it again", () => offers.Bench[1].Calls == 2);
        Assert.Equal(UpdatePhase.HandingOver, offers.StatusOf(1).Phase);
    }

    [Fact]
    public async Task It_is_an_offer_also_where_the_plugin_has_gone_while_the_turn_was_waited_for()
    {
        await using var offers = await OfferBench.StartAsync(devices: 2, bench =>
        {
            foreach (var target in bench.Targets.Values) target.Concurrency = 1;
        });
        var image = offers.Bench.Add("1.0.0", Image);
        offers.Bench.Assign(1, image);
        await offers.UntilOffered(1);
        offers.Bench.Assign(2, image);
        await offers.Bench.Until("it waits for its turn", () => offers.Bench[2].Waiting == 1);

        offers.Bench[2].Offers = false;
        offers[1].Complete();

        await offers.UntilOffered(2);
        Assert.False(offers.Bench.Written(2).HasBegun);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_deadline_does_not_run_while_the_next_window_is_waited_for(bool offersIt)
    {
        await using var offers = await StartAsync(devices: 1, bench =>
        {
            bench.Settings = new FirmwareSettings { Deadline = 12 * TimeSpan.FromHours(1) };
            bench[1].Offers = offersIt;
        });
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await offers.Bench.Until("it is given it", () => offers.Bench[1].Calls == 1);
        if (offersIt) offers[1].Pull(512);
        await offers.Until(1, UpdatePhase.HandingOver);
        offers.Time.Advance(UntilItIsClosed);
        offers[1].End(HandOverOutcome.Failed, "CRC.");
        await offers.Until(1, UpdatePhase.Queued);
        var spent = offers.StatusOf(1).Elapsed;

        await offers.UntilLater("it is given it again", () => offers.Bench[1].Calls == 2);

        Assert.InRange(offers.StatusOf(1).Elapsed ?? default, UntilItIsClosed, UntilItIsClosed + TimeSpan.FromMinutes(10));
        Assert.InRange(spent ?? default, UntilItIsClosed, UntilItIsClosed + TimeSpan.FromMinutes(1));
        offers[1].Complete();
        Assert.Equal("done", await offers.Bench.EndOf(1));
    }

    private static async Task BeginAsync(OfferBench offers)
    {
        offers.Bench.Assign(1, offers.Bench.Add("1.0.0", Image));
        await offers.UntilOffered(1);
        offers[1].Pull(512);
        await offers.Until(1, UpdatePhase.HandingOver);
    }

    private Task<OfferBench> StartAsync(int devices, Action<FirmwareBench>? prepare = null) => OfferBench.StartAsync(devices, bench =>
    {
        var opens = TimeOnly.FromDateTime(bench.Time.GetLocalNow().DateTime);
        _window = new MaintenanceWindow(opens, opens.AddHours(2));
        bench.Policy = new UpdatePolicy { Window = _window };
        prepare?.Invoke(bench);
    });

    /// <summary>A device that is given its image, in place of one that comes for it.</summary>
    private void Give(FirmwareBench bench, int device, Func<CancellationToken, Task> takes, List<bool> within)
    {
        (bench[device].Offers, bench[device].Concurrency) = (false, 1);
        bench[device].OnUpdate = async (_, _, cancellationToken) =>
        {
            within.Add(_window.Contains(TimeOnly.FromDateTime(bench.Time.GetLocalNow().DateTime)));
            await takes(cancellationToken);
            return null;
        };
    }
}
