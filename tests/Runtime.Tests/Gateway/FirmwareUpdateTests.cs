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
