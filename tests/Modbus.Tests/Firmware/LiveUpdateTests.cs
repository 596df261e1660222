namespace BridgeFramework.Modbus.Tests;

/// <summary>What becomes of firmware when a unit is changed.</summary>
public sealed class LiveUpdateTests
{
    private const string Points = """{ "y": { "at": { "table": "holding", "address": 1 }, "interval": "1s" } }""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_update_goes_on_over_a_change_and_the_unit_is_left_alone_by_polls_until_it_ends()
    {
        await using var scene = await FirmwareScene.StartAsync();
        // Slow enough for both to be due several times meanwhile.
        scene.Slave.Inject(new DeviceSimulators.ModbusFault { Unit = 1, FunctionCode = 0x15, Delay = TimeSpan.FromMilliseconds(100) });
        var update = scene.Driver.UpdateAsync(scene.Device, FirmwareScene.Image(6000), scene, Ct);
        await scene.BlocksAsync(5);
        var after = RunningDriver.Device(Points, """{ "unitId": 1, "firmware": {} }""");

        await scene.Driver.ApplyAsync(scene.Device, after);
        await scene.PassAsync(update, "the update ends");

        Assert.Equal("2.0.0", scene.Slot.Version);
        var asked = new List<(byte Unit, byte Function, byte Address)>();
        while (scene.Slave.Requests.TryRead(out var request)) asked.Add((request.Unit, request.FunctionCode, request.Pdu.Span[2]));
        var meanwhile = asked.Take(asked.FindLastIndex(one => one.Function == (byte)FunctionCode.WriteFileRecord)).ToList();
        Assert.Contains(((byte)2, (byte)FunctionCode.ReadHoldingRegisters, (byte)0), meanwhile);
        Assert.DoesNotContain(((byte)1, (byte)FunctionCode.ReadHoldingRegisters, (byte)1), meanwhile);
        await scene.PassAsync(
            scene.Driver.Channel.FirmwareVersions.WaitAsync(said => said == (after, "2.0.0"), Ct), "the version of the unit as it is now");
        await scene.PassAsync(scene.Driver.Channel.Reports.WaitAsync(report => report.Device == after, Ct), "it is polled again");
    }

    [Fact]
    public async Task A_unit_that_gets_a_control_window_is_asked_for_its_version()
    {
        await using var scene = await FirmwareScene.StartAsync(section: "");
        var after = RunningDriver.Device(Points, """{ "unitId": 1, "firmware": {} }""");

        await scene.Driver.ApplyAsync(scene.Device, after);

        await scene.PassAsync(scene.Driver.Channel.FirmwareVersions.WaitAsync(said => said == (after, "1.0.0"), Ct), "the version");
    }

    [Fact]
    public async Task An_update_that_comes_too_late_for_a_unit_as_it_was_is_to_be_tried_again()
    {
        await using var scene = await FirmwareScene.StartAsync();
        var after = RunningDriver.Device(Points, """{ "unitId": 1, "firmware": {} }""");
        await scene.Driver.ApplyAsync(scene.Device, after);

        await Assert.ThrowsAsync<DeviceUnreachableException>(
            async () => await scene.Driver.UpdateAsync(scene.Device, FirmwareScene.Image(100), scene, Ct));
    }
}
