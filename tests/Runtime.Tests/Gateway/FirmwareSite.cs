using BridgeFramework.IotHubEmulator;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A site whose scripted meters are present with version 0.1.0, and a hub that has version 1.0.0 for them.</summary>
internal sealed class FirmwareSite : IAsyncDisposable
{
    public static readonly byte[] Image = [.. Enumerable.Range(0, 200_000).Select(i => (byte)((7 * i) + 13))];

    private readonly DriverScript _script;

    private FirmwareSite(HubEmulator hub, Site site, DriverScript script) => (Hub, Site, _script) = (hub, site, script);

    public HubEmulator Hub { get; }

    public Site Site { get; }

    /// <summary>The newest run of the channel.</summary>
    public ScriptedRun Run { get; private set; } = null!; // StartAsync hands nothing over without one

    /// <summary>The first meter.</summary>
    public ScriptedFirmwareDevice Device => _script.Devices[SubDeviceId.Parse(Cloud.Meter(1).ToString())];

    public static async Task<FirmwareSite> StartAsync(int meters = 1, TimeProvider? time = null, string hub = "",
        bool offers = false)
    {
        var emulator = await Cloud.StartAsync();
        emulator.AddFirmware(Cloud.Meter(1).ProductId, "1.0.0", Image);
        string devices = string.Join(", ", Enumerable.Range(1, meters).Select(n => $"{{SCRIPTED {n}}}"));
        var scene = new FirmwareSite(
            emulator, new Site(emulator, time: time) { Channels = $$""" "bench": { "driver": "scripted", "devices": [ {{devices}} ] } """, Hub = hub },
            new DriverScript { OffersFirmware = offers });
        await scene.Site.StartAsync(scene._script.AddTo);
        await scene.PresentAsync();
        return scene;
    }

    /// <summary>Waits for the next run of the channel, whose meters are there at once.</summary>
    public async Task PresentAsync()
    {
        Run = await _script.NextRun();
        Run.Channel.SetServing();
        foreach (var device in Run.Channel.Devices)
        {
            Run.Channel.SetFirmwareVersion(device, "0.1.0");
            Run.Channel.SetPresence(device, Presence.Present);
        }
    }

    /// <summary>The hub wants a meter to run a version.</summary>
    public Task OrderAsync(int meter, string version = "1.0.0")
    {
        if (version != "1.0.0") Hub.AddFirmware(Cloud.Meter(meter).ProductId, version, Image);
        return Hub.StartFirmwareTaskAsync(Cloud.Meter(meter), version);
    }

    /// <summary>Waits until the hub knows how that ended.</summary>
    public Task<FirmwareTask> EndOf(int meter) =>
        Site.Until($"the task of meter {meter} ends", ct => Hub.WaitForFirmwareTaskAsync(Cloud.Meter(meter), task => task.IsFinished, ct));

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Hub.DisposeAsync();
    }
}
