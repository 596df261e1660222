using System.Security.Cryptography;
using BridgeFramework.DeviceSimulators;

namespace BridgeFramework.Modbus.Tests;

public sealed class UpdateFaultTests
{
    private static readonly Type Rejected = typeof(DeviceRejectedException);
    private static readonly Type Transient = typeof(DriverException);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Survivable => ["drop", "busy", "silentErase", "silentBlock", "lostEcho", "lostActivate", "lostPrepare",
        "lostVerify", "busyActivate", "busyBlock", "busyPrepare", "lostBlock"];

    [Theory]
    [MemberData(nameof(Survivable))]
    public async Task What_passes_is_survived(string name)
    {
        await using var scene = await FirmwareScene.StartAsync(name switch
        {
            "drop" => new FirmwareFault { DropsAnswerOfBlock = 3 },
            "busy" => new FirmwareFault { BusyWhileErasing = true },
            "silentErase" => new FirmwareFault { SilentWhileErasing = true },
            "silentBlock" => new FirmwareFault { SilentAtBlock = 4, SilentSeconds = 15 },
            _ => null,
        });
        var image = FirmwareScene.Image(3000);
        // What is lost is carried out, and the driver does not know.
        if (name is "lostEcho") scene.Slave.Inject(new ModbusFault { Unit = 1, FunctionCode = 0x15, Times = 4, Silent = true });
        if (name is "lostPrepare") scene.Slave.Inject(new ModbusFault { Unit = 1, FunctionCode = 0x10, Times = 1, Silent = true });
        if (name is "busyBlock")
            scene.Slave.Inject(new ModbusFault
            {
                Unit = 1,
                FunctionCode = 0x15,
                Times = 5,
                Exception = ModbusExceptionCode.ServerDeviceBusy,
            });
        // A gateway says that it was lost, so the unit has not got it and says so when asked how far it is.
        if (name is "lostBlock")
            scene.Slave.Inject(new ModbusFault
            {
                Unit = 1,
                FunctionCode = 0x15,
                Times = 4,
                Exception = ModbusExceptionCode.GatewayTargetFailed,
            });
        if (name is "busyPrepare")
            scene.Slave.Inject(new ModbusFault
            {
                Unit = 1,
                FunctionCode = 0x10,
                Times = 1,
                Exception = ModbusExceptionCode.ServerDeviceBusy,
            });
        var update = scene.Driver.UpdateAsync(scene.Device, image, scene, Ct);
        if (name is "lostVerify") await scene.BlocksAsync(20);
        if (name is "lostActivate" or "busyActivate") await scene.CommandAsync(WindowCommand.Verify);
        if (name is "lostVerify" or "lostActivate")
            scene.Slave.Inject(new ModbusFault { Unit = 1, FunctionCode = 0x10, Times = 1, Silent = true });
        if (name is "busyActivate")
            scene.Slave.Inject(new ModbusFault
            {
                Unit = 1,
                FunctionCode = 0x10,
                Times = 1,
                Exception = ModbusExceptionCode.ServerDeviceBusy,
            });

        await scene.PassAsync(update, "the update ends");
        Assert.Equal("2.0.0", scene.Slot.Version);
        Assert.Equal(image.Sha256.ToArray(), SHA256.HashData(scene.Slot.Image.Span));
        Assert.All(scene.Driver.Channel.PresenceChanges.ToList(), c => Assert.Equal(Presence.Present, c.Presence));
        Assert.Equal(0, scene.Slot.Aborts);
    }

    [Theory]
    [InlineData(FirmwareSlotError.Crc, false, "error 2, the CRC of what it received is wrong")]
    [InlineData(FirmwareSlotError.Flash, false, "error 3, its flash memory failed")]
    [InlineData(FirmwareSlotError.Gap, false, "error 5, a part of the image is missing")]
    [InlineData(FirmwareSlotError.WrongProduct, true, "error 4, the image is for another product")]
    public async Task An_image_that_fails_the_check_is_aborted(FirmwareSlotError error, bool final, string text)
    {
        await using var scene = await FirmwareScene.StartAsync(new FirmwareFault { AtVerify = error });
        await FailsAsync(scene, final ? Rejected : Transient, final, "failed to verify version 2.0.0: it is failed; " + text);
        Assert.Equal((1, "1.0.0"), (scene.Slot.Aborts, scene.Slot.Version));
    }

    [Theory]
    [InlineData(FirmwareSlotError.VersionRefused, true, "error 8, it does not take this version")]
    [InlineData(FirmwareSlotError.NotPermitted, true, "error 6, updates are not permitted now")]
    [InlineData(FirmwareSlotError.Size, true, "error 1, the size of the image")]
    [InlineData(FirmwareSlotError.Timeout, false, "error 7, it waited too long")]
    public async Task An_announcement_that_fails_sends_no_block(FirmwareSlotError error, bool final, string text)
    {
        await using var scene = await FirmwareScene.StartAsync(new FirmwareFault { AtPrepare = error });
        await FailsAsync(scene, final ? Rejected : Transient, final, text);
        Assert.Equal((0, 1), (scene.Slot.Blocks, scene.Slot.Aborts));
    }

    [Fact]
    public async Task A_unit_that_still_runs_the_old_version_refused_the_image()
    {
        await using var scene = await FirmwareScene.StartAsync(new FirmwareFault { StaysOld = true });
        await FailsAsync(scene, Rejected, final: true, "still runs 1.0.0 after it was told to start version 2.0.0");
        Assert.Equal(0, scene.Slot.Aborts);
    }

    [Fact]
    public async Task A_unit_that_does_not_come_back_is_unreachable()
    {
        await using var scene = await FirmwareScene.StartAsync(options: new FirmwareOptions { RebootSeconds = 600 });
        await FailsAsync(scene, typeof(DeviceUnreachableException), final: false, "did not come back within 1m");
        Assert.Equal(0, scene.Slot.Aborts);
    }

    [Fact]
    public async Task A_unit_that_came_back_too_late_is_not_given_the_image_again()
    {
        await using var scene = await FirmwareScene.StartAsync(options: new FirmwareOptions { RebootSeconds = 80 });
        var image = FirmwareScene.Image(3000);
        await Assert.ThrowsAsync<DeviceUnreachableException>(() => scene.UpdateAsync(image));
        scene.Time.Advance(TimeSpan.FromMinutes(2));
        await scene.UpdateAsync(image);
        Assert.Equal((1, "2.0.0"), (scene.Slot.Announcements, scene.Slot.Version));
    }

    [Fact]
    public async Task A_silent_unit_is_unreachable_and_the_image_goes_on_when_it_is_back()
    {
        await using var scene = await FirmwareScene.StartAsync(new FirmwareFault { SilentAtBlock = 10, SilentSeconds = 90 });
        await FailsAsync(scene, typeof(DeviceUnreachableException), final: false,
            "did not answer when asked for the block at byte 1152 of 3000: check unit id, wiring and power.");
        Assert.Equal(FirmwareSlotState.Receiving, scene.Slot.State);
        // It might hear an abort when all the rest was lost, and would have to begin anew.
        while (scene.Slave.Requests.TryRead(out var request))
            Assert.NotEqual(ControlWindow.Command(0xF000, WindowCommand.Abort), request.Pdu.ToArray());

        scene.Time.Advance(TimeSpan.FromMinutes(2));
        await scene.UpdateAsync(FirmwareScene.Image(3000));
        Assert.Equal((1, 0, "2.0.0"), (scene.Slot.Announcements, scene.Slot.Aborts, scene.Slot.Version));
    }

    [Fact]
    public async Task A_unit_that_lost_power_begins_anew_the_next_time()
    {
        await using var scene = await FirmwareScene.StartAsync(new FirmwareFault { LosesPowerAtBlock = 10 });
        await FailsAsync(scene, Transient, final: false, "took 1152 of 3000 bytes of version 2.0.0 and then no more: it is idle");
        await scene.UpdateAsync(FirmwareScene.Image(3000));
        Assert.Equal((2, "2.0.0"), (scene.Slot.Announcements, scene.Slot.Version));
    }

    [Fact]
    public async Task A_lost_line_ends_the_update_which_goes_on_when_it_is_back()
    {
        await using var scene = await FirmwareScene.StartAsync();
        var update = scene.Driver.UpdateAsync(scene.Device, FirmwareScene.Image(40_000), scene, Ct);
        await scene.BlocksAsync(10);
        scene.Slave.GoAway();
        var down = await Assert.ThrowsAsync<LinkDownException>(() => scene.PassAsync(update, "the update ends"));
        Assert.Contains($"127.0.0.1:{scene.Slave.Port}", down.Message, StringComparison.Ordinal);
        await scene.PassAsync(
            scene.Driver.Channel.WaitForPresenceAsync(scene.Device, Presence.Absent, Ct), "the unit is absent with its line");

        scene.Slave.ComeBack();
        await scene.PassAsync(scene.Driver.Channel.WaitForPresenceAsync(
            scene.Device, Presence.Present, Ct, scene.Driver.Channel.PresenceChanges.Count), "the unit is back");
        await scene.UpdateAsync(FirmwareScene.Image(40_000));
        Assert.Equal((1, "2.0.0"), (scene.Slot.Announcements, scene.Slot.Version));
    }

    [Fact]
    public async Task A_device_that_takes_its_line_with_it_when_it_reboots_stays_present()
    {
        await using var scene = await FirmwareScene.StartAsync();
        var update = scene.Driver.UpdateAsync(scene.Device, FirmwareScene.Image(3000), scene, Ct);
        await scene.CommandAsync(WindowCommand.Activate);
        scene.Slave.GoAway();
        await scene.PassAsync(scene.Driver.Channel.WaitForPresenceAsync(scene.Neighbour, Presence.Absent, Ct), "the neighbour is absent");
        scene.Slave.ComeBack();
        await scene.PassAsync(update, "the update ends");
        Assert.Equal("2.0.0", scene.Slot.Version);
        Assert.DoesNotContain(
            (scene.Device, Presence.Absent), scene.Driver.Channel.PresenceChanges.ToList().Select(c => (c.Device, c.Presence)));
    }

    [Fact]
    public async Task A_line_that_breaks_and_is_back_at_once_is_not_noticed()
    {
        await using var scene = await FirmwareScene.StartAsync();
        var update = scene.Driver.UpdateAsync(scene.Device, FirmwareScene.Image(40_000), scene, Ct);
        await scene.BlocksAsync(10);
        scene.Slave.DropConnections();
        await scene.PassAsync(update, "the update ends");
        Assert.Equal("2.0.0", scene.Slot.Version);
    }

    [Fact]
    public async Task A_unit_that_is_busy_for_too_long_is_given_up()
    {
        await using var scene = await FirmwareScene.StartAsync();
        var update = scene.Driver.UpdateAsync(scene.Device, FirmwareScene.Image(40_000), scene, Ct);
        await scene.BlocksAsync(3);
        scene.Slave.Inject(new ModbusFault { Unit = 1, FunctionCode = 0x15, Exception = ModbusExceptionCode.ServerDeviceBusy });
        var e = await Assert.ThrowsAsync<DriverException>(() => scene.PassAsync(update, "the update ends"));
        Assert.True(e.IsTransient);
        Assert.Contains("is too busy to be asked for the block at byte", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unit_that_makes_no_room_in_time_is_given_up()
    {
        await using var scene = await FirmwareScene.StartAsync(
            options: new FirmwareOptions { EraseSeconds = 100 }, section: """, "firmware": { "prepareTimeout": "10s" }""");
        await FailsAsync(scene, Transient, final: false, "did not make room for version 2.0.0 within 10s: it is erasing");
    }

    [Theory]
    [InlineData(1025, "2.0.0", "takes images of 1 byte to 1 KiB; version 2.0.0 has 1025 bytes")]
    [InlineData(0, "2.0.0", "version 2.0.0 has 0 bytes")]
    [InlineData(100, "2.0.0-rc.12345678", "has room for a version of 16 characters; '2.0.0-rc.12345678' has 17")]
    public async Task An_image_that_cannot_fit_is_refused_before_the_unit_is_told(int size, string version, string text)
    {
        await using var scene = await FirmwareScene.StartAsync(options: new FirmwareOptions { LargestImageKib = 1 });
        await FailsAsync(scene, Rejected, final: true, text, FirmwareScene.Image(size, version));
        Assert.Equal((0, 0), (scene.Slot.Announcements, scene.Slot.Aborts));
    }

    [Fact]
    public async Task A_window_of_another_revision_is_left_alone()
    {
        await using var scene = await FirmwareScene.StartAsync(options: new FirmwareOptions { Revision = 2 });
        await FailsAsync(scene, Rejected, final: true, "is not upgradable: its control window has revision 2, expected 1");
        Assert.Equal((0, 0), (scene.Slot.Announcements, scene.Slot.Aborts));
    }

    [Theory]
    [InlineData("", "cannot be given firmware: its settings have no 'firmware'")]
    [InlineData(""", "firmware": {}""", "refused its control window (exception 2): check 'firmware' ('window' 61440)")]
    public async Task A_unit_without_section_or_window_says_what_is_missing(string section, string text)
    {
        await using var scene = await FirmwareScene.StartWithoutWindowAsync(section);
        await FailsAsync(scene, Rejected, final: true, text);
    }

    private static async Task FailsAsync(FirmwareScene scene, Type type, bool final, string text, IFirmwareImage? image = null)
    {
        var e = await Assert.ThrowsAnyAsync<DriverException>(() => scene.UpdateAsync(image ?? FirmwareScene.Image(3000)));
        Assert.Equal(type, e.GetType());
        Assert.Equal(final, !e.IsTransient);
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
        Assert.StartsWith($"Unit 1 at 127.0.0.1:{scene.Slave.Port} (PROD/m1) ", e.Message, StringComparison.Ordinal);
    }
}
