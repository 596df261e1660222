using BridgeFramework.IotHubEmulator;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Firmware updates from the hub's task to the version that runs, over real sockets.</summary>
public sealed class FirmwareUpdateTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 200_000).Select(i => (byte)((7 * i) + 13))];

    [Fact]
    public async Task A_sub_device_is_given_the_version_that_the_hub_wants()
    {
        var script = new DriverScript();
        await using var hub = await Cloud.StartAsync();
        hub.AddFirmware(Cloud.Meter(1).ProductId, "1.0.0", Image);
        await using var site = new Site(hub) { Channels = """ "bench": { "driver": "scripted", "devices": [ {SCRIPTED 1} ] } """ };
        await site.StartAsync(script.AddTo);
        await PresentAsync(script);

        await hub.StartFirmwareTaskAsync(Cloud.Meter(1), "1.0.0");

        var task = await site.Until("the task ends", ct => hub.WaitForFirmwareTaskAsync(Cloud.Meter(1), task => task.IsFinished, ct));
        Assert.Equal((FirmwareTaskState.Done, 0, ""), (task.State, task.ResultCode, task.ResultMessage));
        var device = script.Devices[SubDeviceId.Parse(Cloud.Meter(1).ToString())];
        Assert.Equal(Image, Assert.Single(device.Images));
        await site.Until("the hub hears of it", ct => hub.WaitForDeviceAsync(Cloud.Meter(1), status => status.FirmwareVersion == "1.0.0", ct));
        var status = Assert.Single(site.Gateway.Firmware.Status);
        Assert.Equal(("0.1.0", "1.0.0", UpdatePhase.Done), (status.From, status.Version, status.Phase));
    }

    [Fact]
    public async Task A_channel_that_is_run_anew_in_the_middle_goes_on_after_it_has_asked()
    {
        var script = new DriverScript();
        await using var hub = await Cloud.StartAsync();
        hub.AddFirmware(Cloud.Meter(1).ProductId, "1.0.0", Image);
        await using var site = new Site(hub) { Channels = """ "bench": { "driver": "scripted", "devices": [ {SCRIPTED 1} ] } """ };
        await site.StartAsync(script.AddTo);
        var run = await PresentAsync(script);
        var device = script.Devices[SubDeviceId.Parse(Cloud.Meter(1).ToString())];
        var given = new TaskCompletionSource();
        device.OnUpdate = (_, _, cancellationToken) =>
        {
            given.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        };
        await hub.StartFirmwareTaskAsync(Cloud.Meter(1), "1.0.0");
        await site.Until("it is being handed over", _ => given.Task);

        device.OnUpdate = (_, _, _) => Task.CompletedTask;
        run.Fail(new DriverException("The line is gone."));
        Assert.Equal(0, device.Queries);
        await PresentAsync(script);

        var task = await site.Until("the task ends", ct => hub.WaitForFirmwareTaskAsync(Cloud.Meter(1), task => task.IsFinished, ct));
        Assert.Equal(FirmwareTaskState.Done, task.State);
        Assert.Equal((2, 0), (device.Updates, site.Gateway.Firmware.Status[0].Failures));
        Assert.InRange(device.Queries, 2, 3); // before it was given again, and after
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
        var script = new DriverScript();
        await using var hub = await Cloud.StartAsync();
        hub.AddFirmware(Cloud.Meter(1).ProductId, "1.0.0", Image);
        await using var site = new Site(hub) { Channels = """ "bench": { "driver": "scripted", "devices": [ {SCRIPTED 1} ] } """ };
        await site.StartAsync(script.AddTo);
        var run = await PresentAsync(script);
        var device = script.Devices[SubDeviceId.Parse(Cloud.Meter(1).ToString())];
        device.OnUpdate = (_, _, _) => kind == "rejected" ? throw new DeviceRejectedException("Wrong product.") : throw new KeyNotFoundException("No such key.");

        await hub.StartFirmwareTaskAsync(Cloud.Meter(1), "1.0.0");

        var task = await site.Until("the task ends", ct => hub.WaitForFirmwareTaskAsync(Cloud.Meter(1), task => task.IsFinished, ct));
        Assert.Equal((FirmwareTaskState.Failed, -5, times), (task.State, task.ResultCode, device.Updates));
        Assert.Contains(because, task.ResultMessage, StringComparison.Ordinal);
        Assert.False(run.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task The_gateway_itself_is_not_updated_unless_a_command_is_configured()
    {
        await using var hub = await Cloud.StartAsync();
        hub.AddFirmware(Cloud.Gateway.ProductId, "99.0.0", Image);
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.Until("the hub hears of the version", ct => hub.WaitForDeviceAsync(Cloud.Gateway, device => device.FirmwareVersion is not null, ct));

        await hub.StartFirmwareTaskAsync(Cloud.Gateway, "99.0.0");

        var task = await site.Until("the task ends", ct => hub.WaitForFirmwareTaskAsync(Cloud.Gateway, task => task.IsFinished, ct));
        Assert.Equal((FirmwareTaskState.Failed, -5, 0), (task.State, task.ResultCode, hub.Downloads.Count));
        Assert.Contains("gatewayCommand", task.ResultMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configured_command_is_given_the_image_of_the_gateway_as_it_stands()
    {
        Assert.SkipUnless(File.Exists("/bin/cp"), "There is no /bin/cp here.");
        await using var hub = await Cloud.StartAsync();
        hub.AddFirmware(Cloud.Gateway.ProductId, "99.0.0", Image);
        await using var site = new Site(hub);
        string copy = site.In("taken $(x) {version}").Replace("{version}", "99.0.0", StringComparison.Ordinal);
        site.Sections = $$""" "firmware": { "gatewayCommand": [ "/bin/cp", "{image}", "{{site.In("taken $(x) {version}")}}" ] }, """;
        await site.StartAsync();
        await site.Until("the hub hears of the version", ct => hub.WaitForDeviceAsync(Cloud.Gateway, device => device.FirmwareVersion is not null, ct));

        await hub.StartFirmwareTaskAsync(Cloud.Gateway, "99.0.0");

        await site.Until("it burns", ct => hub.WaitForFirmwareTaskAsync(Cloud.Gateway, task => task.State == FirmwareTaskState.Burning, ct));
        await site.Until("the command has ended", async ct =>
        {
            while (site.Gateway.Firmware.Status is not [{ Phase: UpdatePhase.Confirming }]) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, ct);
        });
        Assert.Equal(Image, await File.ReadAllBytesAsync(copy, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task With_fewer_places_for_subscriptions_than_sub_devices_each_hears_of_its_update_all_the_same()
    {
        var script = new DriverScript();
        await using var hub = await Cloud.StartAsync();
        hub.AddFirmware(Cloud.Meter(1).ProductId, "1.0.0", Image);
        await using var site = new Site(hub, time: new FasterTime(20))
        {
            Channels = """ "bench": { "driver": "scripted", "devices": [ {SCRIPTED 1}, {SCRIPTED 2}, {SCRIPTED 3}, {SCRIPTED 4} ] } """,
            Hub = """, "maxSubscriptions": 5 """,
        };
        await site.StartAsync(script.AddTo);
        await PresentAsync(script);
        for (int n = 1; n <= 4; n++)
            await site.Until("its version is known", ct => hub.WaitForDeviceAsync(Cloud.Meter(n), device => device.FirmwareVersion is not null, ct));

        for (int n = 1; n <= 4; n++) await hub.StartFirmwareTaskAsync(Cloud.Meter(n), "1.0.0");

        for (int n = 1; n <= 4; n++)
        {
            var task = await site.Until($"the task of meter {n} ends", ct => hub.WaitForFirmwareTaskAsync(Cloud.Meter(n), task => task.IsFinished, ct));
            Assert.Equal(FirmwareTaskState.Done, task.State);
        }
    }

    private static async Task<ScriptedRun> PresentAsync(DriverScript script)
    {
        var run = await script.NextRun();
        run.Channel.SetServing();
        foreach (var device in run.Channel.Devices)
        {
            run.Channel.SetFirmwareVersion(device, "0.1.0");
            run.Channel.SetPresence(device, Presence.Present);
        }

        return run;
    }
}
