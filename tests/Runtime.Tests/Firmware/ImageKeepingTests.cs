using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>How images are kept: bounded, verified, and no longer than there is room.</summary>
public sealed class ImageKeepingTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(7 * i))];

    [Fact]
    public async Task An_image_that_is_larger_than_the_store_is_refused()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench.Settings = new FirmwareSettings { MaxBytes = 1024 });

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("firmware.maxBytes", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
        Assert.Empty(bench.Files.Downloads);
    }

    [Fact]
    public async Task A_disk_that_has_no_room_to_spare_refuses()
    {
        await using var bench = await FirmwareBench.StartAsync(
            prepare: bench => bench.Settings = new FirmwareSettings { Reserve = 1L << 40 });

        bench.Assign(1, bench.Add("1.0.0", Image));

        Assert.Equal("fail -5", await bench.EndOf(1));
        Assert.Contains("firmware.reserve", bench.Hub.LastMessage("m1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_store_makes_room_with_what_nobody_needs_any_more()
    {
        await using var bench = await FirmwareBench.StartAsync(
            prepare: bench => bench.Settings = new FirmwareSettings { MaxBytes = 15_000 });
        bench.Assign(1, bench.Add("1.0.0", Image));
        Assert.Equal("done", await bench.EndOf(1));

        var second = bench.Add("1.1.0", [.. Image, 1]);
        bench.Assign(1, second);

        Assert.Equal("done", await bench.EndOf(1, times: 2));
        await bench.Until("the second one is done", () => bench.StatusOf(1) is { Version: "1.1.0", Phase: UpdatePhase.Done });
        Assert.Equal([$"{second.Md5}-{second.Size}.bin"], bench.FilesOf("images"));
    }

    [Fact]
    public async Task An_image_that_the_disk_has_spoilt_since_is_fetched_again_before_it_is_handed_over()
    {
        await using var bench = await FirmwareBench.StartAsync();
        bench[1].SetReady(false);
        var image = bench.Add("1.0.0", Image);
        bench.Assign(1, image);
        await bench.Until("it is queued", () => bench.StatusOf(1)?.Phase == UpdatePhase.Queued);
        string file = Path.Combine(bench.In("images"), $"{image.Md5}-{image.Size}.bin");
        byte[] spoilt = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        spoilt[5000] ^= 1;
        await File.WriteAllBytesAsync(file, spoilt, TestContext.Current.CancellationToken);

        await bench.RestartAsync();
        bench[1].SetReady(true);

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal(Image, Assert.Single(bench[1].Device.Images));
        Assert.Equal(2, bench.Files.Downloads.Count);
    }
}
