using BridgeFramework.IotHubEmulator;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Firmware versions from a driver to the hub, over real sockets.</summary>
public sealed class FirmwareVersionTests
{
    private const int ConnectFailed = 2002;

    [Fact]
    public async Task The_hub_hears_which_firmware_a_sub_device_runs_after_it_is_online_and_subscribed_to_and_on_each_connection()
    {
        var script = new DriverScript();
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = """ "bench": { "driver": "scripted", "devices": [ {SCRIPTED 1}, {SCRIPTED 2} ] } """ };
        await site.StartAsync(script.AddTo);
        var run = await script.NextRun();
        run.Channel.SetServing();
        run.Channel.SetFirmwareVersion(run.Channel.Devices[0], "0.1.0");
        foreach (var device in run.Channel.Devices) run.Channel.SetPresence(device, Presence.Present);

        await Runs("0.1.0");
        var subscribed = await Packet("SUBSCRIBE", $"{Cloud.Meter(1)}/control", since: 0);
        var report = await Packet("PUBLISH", $"$ota/report/{Cloud.Meter(1)}", since: 0);
        Assert.True(subscribed.Sequence < report.Sequence, "The version was reported before the commands were subscribed to.");
        Assert.Equal(("""{"type":"report_version","report":{"version":"0.1.0"}}""", 1), (report.Payload, report.Qos));

        run.Channel.SetFirmwareVersion(run.Channel.Devices[0], "0.2.0-rc_1");
        await Runs("0.2.0-rc_1");

        int before = site.Log.Lines.Count;
        var changed = await Packet("PUBLISH", $"$ota/report/{Cloud.Meter(1)}", report.Sequence);
        await hub.StopBrokerAsync();
        await site.Logged(ConnectFailed, "not reachable", before);
        await hub.StartBrokerAsync();
        var again = await Packet("PUBLISH", $"$ota/report/{Cloud.Meter(1)}", changed.Sequence);
        Assert.Equal("""{"type":"report_version","report":{"version":"0.2.0-rc_1"}}""", again.Payload);

        Assert.Equal(("0.2.0-rc_1", null), (site.StatusOf(1).FirmwareVersion, site.StatusOf(2).FirmwareVersion));
        await site.Online(Cloud.Meter(2));
        await site.StopAsync();
        Assert.DoesNotContain(hub.GetTranscript(), packet => packet.Topic == $"$ota/report/{Cloud.Meter(2)}");

        Task Runs(string version) => site.Until(
            $"the hub hears of {version}", ct => hub.WaitForDeviceAsync(Cloud.Meter(1), device => device.FirmwareVersion == version, ct));

        Task<TranscriptEntry> Packet(string packet, string topic, long since) =>
            site.Until(
                $"{packet} {topic}", ct => hub.WaitForPacketAsync(entry => entry.Packet == packet && entry.Topic == topic, ct, since));
    }

    [Fact]
    public async Task A_version_outlives_the_run_of_the_channel_that_said_it()
    {
        var script = new DriverScript();
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = """ "bench": { "driver": "scripted", "devices": [ {SCRIPTED 1} ] } """ };
        await site.StartAsync(script.AddTo);
        var run = await script.NextRun();
        run.Channel.SetFirmwareVersion(run.Device, "0.1.0");
        run.Fail(new DriverException("The line is gone."));

        var next = await script.NextRun();
        run.Channel.SetFirmwareVersion(run.Device, "0.0.9"); // its run is over
        next.Channel.SetPresence(next.Device, Presence.Present);

        await site.Until(
            "the hub hears of it", ct => hub.WaitForDeviceAsync(Cloud.Meter(1), device => device.FirmwareVersion is not null, ct));
        Assert.Equal("0.1.0", site.StatusOf(1).FirmwareVersion);
        Assert.Equal("0.1.0", hub.Devices.Single(device => device.Id == Cloud.Meter(1)).FirmwareVersion);
    }
}
