using BridgeFramework.IotHubEmulator;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Firmware updates of sub-devices from the hub's task to the version that runs, over real sockets.</summary>
public sealed class FirmwareUpdateTests
{
    [Fact]
    public async Task A_sub_device_is_given_the_version_that_the_hub_wants()
    {
        await using var scene = await FirmwareSite.StartAsync();

        await scene.OrderAsync(1);

        var task = await scene.EndOf(1);
        Assert.Equal((FirmwareTaskState.Done, 0, ""), (task.State, task.ResultCode, task.ResultMessage));
        Assert.Equal(FirmwareSite.Image, Assert.Single(scene.Device.Images));
        await scene.Site.Until(
            "the hub hears of it", ct => scene.Hub.WaitForDeviceAsync(Cloud.Meter(1), status => status.FirmwareVersion == "1.0.0", ct));
        var status = Assert.Single(scene.Site.Gateway.Firmware.Status);
        Assert.Equal(("0.1.0", "1.0.0", UpdatePhase.Done), (status.From, status.Version, status.Phase));
    }

    [Fact]
    public async Task A_channel_that_is_run_anew_in_the_middle_goes_on_after_it_has_asked()
    {
        await using var scene = await FirmwareSite.StartAsync();
        var given = new TaskCompletionSource();
        scene.Device.OnUpdate = (_, _, cancellationToken) =>
        {
            given.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        };
        await scene.OrderAsync(1);
        await scene.Site.Until("it is being handed over", _ => given.Task);

        scene.Device.OnUpdate = (_, _, _) => Task.CompletedTask;
        scene.Run.Fail(new DriverException("The line is gone."));
        Assert.Equal(0, scene.Device.Queries);
        await scene.PresentAsync();

        var task = await scene.EndOf(1);
        Assert.Equal(FirmwareTaskState.Done, task.State);
        Assert.Equal((2, 0), (scene.Device.Updates, scene.Site.Gateway.Firmware.Status[0].Failures));
        Assert.InRange(scene.Device.Queries, 2, 3); // before it was given again, and after
    }

    [Fact]
    public async Task An_image_is_offered_until_the_device_comes_for_it_and_offered_again_by_the_next_run_of_the_channel()
    {
        await using var scene = await FirmwareSite.StartAsync(meters: 2, offers: true);
        var (offered, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var comes = new TaskCompletionSource();
        scene.Device.OnUpdate = (_, _, cancellationToken) =>
        {
            offered.TrySetResult();
            return comes.Task.WaitAsync(cancellationToken);
        };
        await scene.OrderAsync(1);
        await scene.Site.Until("it is offered", _ => offered.Task);
        Assert.Equal(UpdatePhase.Offered, scene.Site.Gateway.Firmware.Status[0].Phase);
        await scene.OrderAsync(2); // an offer that stands is in nobody's way
        Assert.Equal(FirmwareTaskState.Done, (await scene.EndOf(2)).State);

        scene.Device.OnUpdate = (_, progress, cancellationToken) =>
        {
            progress.Report(new FirmwareProgress { Stage = FirmwareStage.Transferring, BytesAcknowledged = 64 });
            second.TrySetResult();
            return comes.Task.WaitAsync(cancellationToken);
        };
        scene.Run.Fail(new DriverException("The stick is gone."));
        await scene.PresentAsync();

        await scene.Site.Until("it is offered again, and it comes", _ => second.Task);
        await scene.Site.Until("the hub hears of it", ct => scene.Hub.WaitForFirmwareTaskAsync(
            Cloud.Meter(1), task => task.State == FirmwareTaskState.Burning, ct));
        Assert.Equal(UpdatePhase.HandingOver, scene.Site.Gateway.Firmware.Status.Single(
            update => update.Id.ToString() == Cloud.Meter(1).ToString()).Phase);
        comes.SetResult();
        Assert.Equal(FirmwareTaskState.Done, (await scene.EndOf(1)).State);
        Assert.Equal(2, scene.Device.Updates);
    }

    [Fact]
    public async Task A_driver_that_does_not_give_up_an_update_when_it_is_told_to_has_its_channel_run_anew()
    {
        await using var scene = await FirmwareSite.StartAsync(time: new FasterTime(10));
        var (given, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        scene.Device.OnUpdate = (_, _, _) =>
        {
            given.TrySetResult();
            return never.Task;
        };
        await scene.OrderAsync(1);
        await scene.Site.Until("it is being handed over", _ => given.Task);
        var run = scene.Run;

        await scene.Site.Gateway.Firmware.CancelAsync(SubDeviceId.Parse(Cloud.Meter(1).ToString()), TestContext.Current.CancellationToken);

        Assert.Equal(FirmwareTaskState.Failed, (await scene.EndOf(1)).State);
        await scene.PresentAsync();
        Assert.True(run.Stopping.IsCancellationRequested);
        never.SetResult();
    }

    [Fact]
    public async Task A_driver_says_which_version_is_the_wanted_one_in_other_words()
    {
        await using var scene = await FirmwareSite.StartAsync();
        scene.Device.Names = wanted => $"{wanted}-b7";
        scene.Device.RunsInstead = "1.0.0-b7";

        await scene.OrderAsync(1);

        Assert.Equal(FirmwareTaskState.Done, (await scene.EndOf(1)).State);
        Assert.Equal(1, scene.Device.Updates);
    }

    [Fact]
    public async Task A_driver_that_throws_where_it_is_to_compare_versions_means_that_they_differ()
    {
        await using var scene = await FirmwareSite.StartAsync(time: new FasterTime(20));
        scene.Device.Names = _ => throw new KeyNotFoundException("No such name.");
        scene.Device.RunsInstead = "1.0.0-b7";

        await scene.OrderAsync(1);

        var task = await scene.EndOf(1);
        Assert.Equal(FirmwareTaskState.Failed, task.State);
        Assert.Contains("still runs 1.0.0-b7", task.ResultMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("older", "9.0.0", "0.1.0", FirmwareTaskState.Failed, 0)] // the texts say that it is newer
    [InlineData("newer", "0.0.9", "0.1.0", FirmwareTaskState.Done, 1)] // the texts say that it is older
    [InlineData("no word", "0.0.9", "0.1.0", FirmwareTaskState.Failed, 0)]
    [InlineData("no word", "1.0.0", "0.1.0", FirmwareTaskState.Done, 1)]
    [InlineData("throws", "0.0.9", "0.1.0", FirmwareTaskState.Failed, 0)]
    [InlineData("throws", "1.0.0", "0.1.0", FirmwareTaskState.Done, 1)]
    public async Task A_driver_says_which_version_would_be_a_downgrade_and_the_texts_where_it_does_not(
        string says, string wanted, string runs, FirmwareTaskState end, int given)
    {
        await using var scene = await FirmwareSite.StartAsync();
        (string, string)? asked = null;
        scene.Device.IsOlder = (ordered, reported) =>
        {
            asked = (ordered, reported);
            return says switch
            {
                "older" => true,
                "newer" => false,
                "throws" => throw new FormatException("No such form."),
                _ => null,
            };
        };

        await scene.OrderAsync(1, wanted);

        var task = await scene.EndOf(1);
        Assert.Equal((end, given), (task.State, scene.Device.Updates));
        Assert.Equal((wanted, runs), asked);
        if (end == FirmwareTaskState.Failed) Assert.Contains("would be a downgrade", task.ResultMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("older", "9.0.0", FirmwareTaskState.Failed, 0)] // the texts say that it is newer
    [InlineData("newer", "0.0.9", FirmwareTaskState.Done, 1)] // the texts say that it is older
    [InlineData("the same", "0.0.8", FirmwareTaskState.Done, 0)]
    public async Task An_order_that_comes_while_the_channel_is_down_waits_for_what_its_driver_says_of_the_versions(
        string says, string wanted, FirmwareTaskState end, int given)
    {
        await using var scene = await FirmwareSite.StartAsync();
        await scene.Site.Until("its version is known", ct =>
            scene.Hub.WaitForDeviceAsync(Cloud.Meter(1), device => device.FirmwareVersion is not null, ct));
        scene.Device.IsOlder = (_, _) => says == "older";
        if (says == "the same") scene.Device.Names = _ => "0.1.0";
        scene.Run.Fail(new IOException("The cable is out."));
        await Until(scene, "the channel is down", () => scene.Site.Gateway.Status.Channels.Single().State != ChannelState.Serving);

        await scene.OrderAsync(1, wanted);
        await Until(scene, "it is queued", () => scene.Site.Gateway.Firmware.Status is [{ Phase: UpdatePhase.Queued }]);
        Assert.Contains("until its driver says", scene.Site.Gateway.Firmware.Status[0].Reason, StringComparison.Ordinal);
        await scene.PresentAsync();

        Assert.Equal((end, given), ((await scene.EndOf(1)).State, scene.Device.Updates));
    }

    /// <summary>What a driver throws, how often it is asked then, and what the cloud hears.</summary>
    public static TheoryData<string, int, string> Faults => new()
    {
        { "rejected", 1, "Wrong product." },
        { "bug", 3, "No such key." },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_a_driver_throws_ends_the_update_and_nothing_else(string kind, int times, string because)
    {
        await using var scene = await FirmwareSite.StartAsync();
        scene.Device.OnUpdate = (_, _, _) =>
            kind == "rejected" ? throw new DeviceRejectedException("Wrong product.") : throw new KeyNotFoundException("No such key.");

        await scene.OrderAsync(1);

        var task = await scene.EndOf(1);
        Assert.Equal((FirmwareTaskState.Failed, -5, times), (task.State, task.ResultCode, scene.Device.Updates));
        Assert.Contains(because, task.ResultMessage, StringComparison.Ordinal);
        Assert.False(scene.Run.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task With_fewer_places_for_subscriptions_than_sub_devices_each_hears_of_its_update_all_the_same()
    {
        await using var scene = await FirmwareSite.StartAsync(meters: 4, new FasterTime(20), hub: """, "maxSubscriptions": 5 """);
        for (int n = 1; n <= 4; n++)
            await scene.Site.Until("its version is known", ct =>
                scene.Hub.WaitForDeviceAsync(Cloud.Meter(n), device => device.FirmwareVersion is not null, ct));

        for (int n = 1; n <= 4; n++) await scene.OrderAsync(n);

        for (int n = 1; n <= 4; n++) Assert.Equal(FirmwareTaskState.Done, (await scene.EndOf(n)).State);
    }

    /// <summary>Waits for what has no signal of its own.</summary>
    private static Task Until(FirmwareSite scene, string what, Func<bool> holds) => scene.Site.Until(what, async ct =>
    {
        while (!holds()) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, ct);
    });
}
