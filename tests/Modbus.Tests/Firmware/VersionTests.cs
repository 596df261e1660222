using BridgeFramework.DeviceSimulators;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Modbus.Tests;

public sealed class VersionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_unit_says_which_version_it_runs_whenever_it_becomes_present()
    {
        await using var scene = await FirmwareScene.StartAsync();
        var versions = scene.Driver.Channel.FirmwareVersions;
        await scene.PassAsync(versions.WaitAsync(v => v == (scene.Device, "1.0.0"), Ct), "the version");

        scene.Slave[1].PoweredOff = true;
        await scene.PassAsync(scene.Driver.Channel.WaitForPresenceAsync(scene.Device, Presence.Absent, Ct), "the unit is absent");
        scene.Slave[1].PoweredOff = false;
        await scene.PassAsync(versions.WaitAsync(v => v == (scene.Device, "1.0.0"), Ct, from: 1), "the version again");
        Assert.Equal(2, versions.Count);
        Assert.DoesNotContain(scene.Driver.Logger.Collector.GetSnapshot(), r => r.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_version_that_is_no_text_is_not_passed_on()
    {
        await using var scene = await FirmwareScene.StartAsync(options: new FirmwareOptions { Version = "1.0 beta!" });
        await scene.PassAsync(UntilAsync(scene, LogLevel.Warning), "a warning");
        Assert.Equal(0, scene.Driver.Channel.FirmwareVersions.Count);
    }

    [Fact]
    public async Task A_unit_without_window_is_polled_all_the_same()
    {
        await using var scene = await FirmwareScene.StartWithoutWindowAsync(""", "firmware": {}""");
        await scene.PassAsync(UntilAsync(scene, LogLevel.Information, "The firmware version is not known"), "a line in the log");
        int from = scene.Driver.Channel.Reports.Count;
        await scene.PassAsync(scene.Driver.Channel.Reports.WaitAsync(r => r.Device == scene.Device, Ct, from), "a report");
    }

    [Fact]
    public async Task An_idle_unit_tells_its_version()
    {
        await using var scene = await FirmwareScene.StartAsync();
        Assert.Equal(new FirmwareStatus { State = FirmwareState.Idle, Version = "1.0.0" }, await QueryAsync(scene));
    }

    [Fact]
    public async Task A_unit_that_failed_tells_why()
    {
        await using var scene = await FirmwareScene.StartAsync(new FirmwareFault { AtPrepare = FirmwareSlotError.Flash });
        scene.Slave.Inject(new ModbusFault { Unit = 1, FunctionCode = 0x10, Times = 1, Delay = TimeSpan.Zero });
        // The abort does not reach it.
        var update = scene.Driver.UpdateAsync(scene.Device, FirmwareScene.Image(100), scene, Ct);
        await scene.PassAsync(scene.Slave.Writes.ReadAsync(Ct).AsTask(), "the announcement");
        scene.Slave.Inject(new ModbusFault { Unit = 1, FunctionCode = 0x10, Exception = ModbusExceptionCode.ServerDeviceFailure });
        await Assert.ThrowsAsync<DriverException>(() => scene.PassAsync(update, "the update ends"));
        var status = await QueryAsync(scene);
        Assert.Equal((FirmwareState.Failed, "1.0.0"), (status.State, status.Version));
        Assert.StartsWith("error 3, its flash memory failed", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unit_that_is_being_given_an_image_says_so()
    {
        await using var scene = await FirmwareScene.StartAsync(new FirmwareFault { SilentAtBlock = 3, SilentSeconds = 90 });
        await Assert.ThrowsAsync<DeviceUnreachableException>(() => scene.UpdateAsync(FirmwareScene.Image(3000)));
        await Assert.ThrowsAsync<DeviceUnreachableException>(() => QueryAsync(scene));
        scene.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(new FirmwareStatus { State = FirmwareState.Running, Version = "1.0.0" }, await QueryAsync(scene));
    }

    [Fact]
    public async Task Of_a_unit_that_takes_no_firmware_nothing_is_known()
    {
        await using var without = await FirmwareScene.StartWithoutWindowAsync("");
        Assert.Equal(new FirmwareStatus { State = FirmwareState.Unknown }, await QueryAsync(without));
        await using var other = await FirmwareScene.StartAsync(options: new FirmwareOptions { Revision = 9 });
        Assert.Equal(new FirmwareStatus { State = FirmwareState.Unknown }, await QueryAsync(other));
    }

    private static async Task<FirmwareStatus> QueryAsync(FirmwareScene scene)
    {
        var query = scene.Driver.QueryAsync(scene.Device, Ct);
        await scene.PassAsync(query, "the answer");
        return await query;
    }

    private static async Task UntilAsync(FirmwareScene scene, LogLevel level, string text = "")
    {
        // The logger has no event for a new line; the loop that lets time pass ends this one.
        while (
            !scene.Driver.Logger.Collector.GetSnapshot().Any(r => r.Level == level && r.Message.StartsWith(text, StringComparison.Ordinal)))
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Ct);
    }
}
