using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Modbus.Tests;

public sealed class UpdateTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(999, 8)]
    [InlineData(20_000, 157)]   // 10000 words: just one file
    [InlineData(20_001, 158)]   // one word in the second file
    [InlineData(45_000, 354)]   // three files: their last blocks are short
    public async Task A_unit_runs_the_image_byte_for_byte(int size, int blocks)
    {
        await using var scene = await FirmwareScene.StartAsync();
        var image = FirmwareScene.Image(size);
        await scene.UpdateAsync(image);

        Assert.Equal("2.0.0", scene.Slot.Version);
        Assert.Equal(image.Sha256.ToArray(), SHA256.HashData(scene.Slot.Image.Span));
        Assert.Equal((blocks, 1, 0), (scene.Slot.Blocks, scene.Slot.Announcements, scene.Slot.Aborts));
    }

    [Fact]
    public async Task Progress_tells_the_stages_in_order_and_never_goes_back()
    {
        await using var scene = await FirmwareScene.StartAsync();
        await scene.UpdateAsync(FirmwareScene.Image(5000));
        Assert.Equal(
            [FirmwareStage.Preparing, FirmwareStage.Transferring, FirmwareStage.Verifying, FirmwareStage.Activating],
            scene.Progress.Select(p => p.Stage).Distinct());
        Assert.Equal(scene.Progress.Select(p => p.BytesAcknowledged).Order(), scene.Progress.Select(p => p.BytesAcknowledged));
        Assert.Equal(5000, scene.Progress[^1].BytesAcknowledged);
    }

    [Fact]
    public async Task The_units_own_limit_of_a_block_goes_before_the_configured_one_and_files_begin_where_configured()
    {
        await using var scene = await FirmwareScene.StartAsync(
            options: new() { LargestBlock = 20, Window = 100 }, section: """, "firmware": { "window": 100, "blockWords": 122, "fileNumber": 7 }""");
        await scene.UpdateAsync(FirmwareScene.Image(20_100));
        Assert.Equal("2.0.0", scene.Slot.Version);
        Assert.Equal(503, scene.Slot.Blocks);
    }

    [Fact]
    public async Task The_neighbour_is_polled_between_blocks_and_the_unit_itself_is_not()
    {
        await using var scene = await FirmwareScene.StartAsync();
        // Slow enough for both to be due several times meanwhile.
        scene.Slave.Inject(new DeviceSimulators.ModbusFault { Unit = 1, FunctionCode = 0x15, Delay = TimeSpan.FromMilliseconds(100) });
        int reports = scene.Driver.Channel.Reports.Count;
        var update = scene.Driver.UpdateAsync(scene.Device, FirmwareScene.Image(6000), scene, Ct);
        await scene.BlocksAsync(1);
        var meanwhile = new List<(int Unit, int Function)>();
        while (!update.IsCompleted || scene.Slave.Requests.Count > 0)
        {
            await scene.PassAsync(Task.WhenAny(update, scene.Slave.Requests.WaitToReadAsync(Ct).AsTask()), "a request");
            while (scene.Slave.Requests.TryRead(out var request))
                if (request.Pdu.Span[1] == 0 || request.FunctionCode == 0x15) meanwhile.Add((request.Unit, request.FunctionCode));
        }

        await update;
        int lastBlock = meanwhile.LastIndexOf((1, 0x15));
        Assert.InRange(meanwhile.Take(lastBlock).Count(r => r == (2, 3)), 3, int.MaxValue);
        Assert.DoesNotContain((1, 3), meanwhile.Take(lastBlock));
        Assert.Contains(scene.Driver.Channel.Reports.ToList().Skip(reports), r => r.Device == scene.Neighbour);
        await scene.PassAsync(scene.Driver.Channel.Reports.WaitAsync(r => r.Device == scene.Device, Ct, scene.Driver.Channel.Reports.Count),
            "it is polled again");
    }

    [Fact]
    public async Task Presence_stands_still_and_the_version_is_told_at_the_end()
    {
        await using var scene = await FirmwareScene.StartAsync(options: new() { RebootSeconds = 40 });
        await scene.UpdateAsync(FirmwareScene.Image(1000));
        Assert.All(scene.Driver.Channel.PresenceChanges.ToList(), c => Assert.Equal(Presence.Present, c.Presence));
        Assert.Equal([(scene.Device, "1.0.0"), (scene.Device, "2.0.0")], scene.Driver.Channel.FirmwareVersions.ToList());
        Assert.DoesNotContain(scene.Driver.Logger.Collector.GetSnapshot(), r => r.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_cancelled_update_is_aborted_and_the_unit_runs_its_old_firmware()
    {
        await using var scene = await FirmwareScene.StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var update = scene.Driver.UpdateAsync(scene.Device, FirmwareScene.Image(40_000), scene, cancel.Token);
        await scene.BlocksAsync(20);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scene.PassAsync(update, "the update ends"));
        Assert.Equal((1, DeviceSimulators.FirmwareSlotState.Idle, "1.0.0"), (scene.Slot.Aborts, scene.Slot.State, scene.Slot.Version));
    }

    [Fact]
    public async Task A_cancelled_update_whose_abort_is_lost_goes_on_where_it_was()
    {
        await using var scene = await FirmwareScene.StartAsync();
        var image = FirmwareScene.Image(40_000);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var update = scene.Driver.UpdateAsync(scene.Device, image, scene, cancel.Token);
        await scene.BlocksAsync(20);
        scene.Slave[1].PoweredOff = true;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scene.PassAsync(update, "the update ends"));
        long received = scene.Slot.Received;
        Assert.InRange(received, 19 * 128, 39_000);

        scene.Slave[1].PoweredOff = false;
        int before = scene.Slot.Blocks;
        int told = scene.Progress.Count;
        await scene.UpdateAsync(image);
        Assert.Equal((1, "2.0.0"), (scene.Slot.Announcements, scene.Slot.Version));
        Assert.Equal(image.Sha256.ToArray(), SHA256.HashData(scene.Slot.Image.Span));
        Assert.Equal(received, scene.Progress.Skip(told).First(p => p.Stage == FirmwareStage.Transferring).BytesAcknowledged);
        Assert.InRange(scene.Slot.Blocks - before, 1, 314 - 19);
    }

    [Fact]
    public async Task Another_image_begins_anew()
    {
        await using var scene = await FirmwareScene.StartAsync(new() { SilentAtBlock = 5, SilentSeconds = 60 });
        await Assert.ThrowsAsync<DeviceUnreachableException>(() => scene.UpdateAsync(FirmwareScene.Image(40_000)));
        scene.Time.Advance(TimeSpan.FromMinutes(2));
        var other = FirmwareScene.Image(3000, "2.1.0");
        await scene.UpdateAsync(other);
        Assert.Equal((2, "2.1.0"), (scene.Slot.Announcements, scene.Slot.Version));
        Assert.Equal(other.Sha256.ToArray(), SHA256.HashData(scene.Slot.Image.Span));
    }
}
