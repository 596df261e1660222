using BridgeFramework.Configuration;
using BridgeFramework.IotHubEmulator;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What becomes of an update when the file server does not do as it should: how it ends, what the
/// hub is told, what stays on disk.</summary>
public sealed class DownloadFaultTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 100_001).Select(i => (byte)((7 * i) + (i >> 8)))];

    /// <summary>The fault, how often it strikes, how the update ends, and how often the hub had to give another address.</summary>
    public static TheoryData<DownloadFaultKind, int, int, string, int> Faults => new()
    {
        { DownloadFaultKind.Forbidden, 0, 1, "done", 1 },
        { DownloadFaultKind.Forbidden, 0, 3, "fail -3", 2 },
        { DownloadFaultKind.NotFound, 0, 1, "fail -2", 0 },
        { DownloadFaultKind.ServerError, 0, 3, "done", 0 },
        { DownloadFaultKind.ServerError, 0, 20, "fail -5", 0 },
        { DownloadFaultKind.Cut, 40_000, 2, "done", 0 },
        { DownloadFaultKind.Cut, 0, 3, "done", 0 },
        { DownloadFaultKind.Cut, 0, 20, "fail -1", 0 },
        { DownloadFaultKind.TooShort, 1, 1, "done", 0 },
        { DownloadFaultKind.TooShort, 1, 2, "fail -4", 0 },
        { DownloadFaultKind.TooLong, 1, 1, "done", 0 },
        { DownloadFaultKind.TooLong, 1, 2, "fail -4", 0 },
        { DownloadFaultKind.IgnoreRange, 0, 1, "done", 0 },
        { DownloadFaultKind.Corrupt, 50_000, 1, "done", 0 },
        { DownloadFaultKind.Corrupt, 50_000, 2, "fail -4", 0 },
        { DownloadFaultKind.Gzip, 0, 1, "done", 0 },
        { DownloadFaultKind.Slow, 20_000, 1, "done", 0 },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_download_that_goes_wrong_ends_as_it_should(DownloadFaultKind kind, int bytes, int times, string end, int renewals)
    {
        await using var bench = await FirmwareBench.StartAsync();
        var image = bench.Add("1.0.0", Image);
        bench.OnVersionAgain = _ => bench.Assign(1, image, bench.Files.GetFirmwareUrl(image));
        bench.Files.InjectDownloadFault(new DownloadFault { Kind = kind, Bytes = bytes, Times = times });

        bench.Assign(1, image);

        Assert.Equal(end, await bench.EndOf(1));
        Assert.Equal([end], bench.Hub.EndsOf("m1"));
        Assert.Equal(renewals, bench.VersionsAgain);
        string[] whole = end == "done" ? [$"{image.Md5}-{image.Size}.bin"] : [];
        string[] there = [.. bench.FilesOf("images").Where(file => !file.Contains(".part", StringComparison.Ordinal))];
        Assert.Equal(whole, there);
        Assert.Equal(end == "done" ? 1 : 0, bench[1].Device.Images.Count);
        if (end == "done") Assert.Equal(Image, bench[1].Device.Images.Single());
        else Assert.NotEmpty(bench.StatusOf(1)?.Reason ?? "");
    }

    [Fact]
    public async Task What_is_there_of_an_image_whose_update_failed_is_let_go_of()
    {
        await using var bench = await FirmwareBench.StartAsync();
        var image = bench.Add("1.0.0", Image);
        bench.Files.InjectDownloadFault(new DownloadFault { Kind = DownloadFaultKind.Cut, Bytes = 40_000 });
        bench.Files.InjectDownloadFault(new DownloadFault { Kind = DownloadFaultKind.NotFound });
        bench.Assign(1, image);

        Assert.Equal("fail -2", await bench.EndOf(1));

        Assert.Equal([0L, 40_000L], bench.Files.Downloads.Select(download => download.Offset));
        await bench.Until("the store is clean", () => bench.FilesOf("images").Length == 0);
    }

    [Fact]
    public async Task A_download_that_the_link_interrupts_fails_not_while_the_link_is_down()
    {
        await using var bench = await FirmwareBench.StartAsync();
        var image = bench.Add("1.0.0", Image);
        bench.SetOnline(false);
        bench.Files.InjectDownloadFault(new DownloadFault { Kind = DownloadFaultKind.ServerError, Times = 8 });
        bench.Assign(1, image);
        await bench.Until("the first try has failed", () => bench.Files.DownloadFaults is [{ Times: 7 }]);

        bench.SetOnline(true);

        Assert.Equal("done", await bench.EndOf(1));
    }

    [Fact]
    public async Task An_image_is_fetched_once_for_all_who_want_it_and_each_is_given_it()
    {
        await using var bench = await FirmwareBench.StartAsync(
            devices: 20, bench => bench.Settings = new FirmwareSettings { DownloadRate = 1_000 });
        var image = bench.Add("1.0.0", Image);
        for (int n = 1; n <= 20; n++) bench.Assign(n, image);

        for (int n = 1; n <= 20; n++) Assert.Equal("done", await bench.EndOf(n));

        Assert.Single(bench.Files.Downloads);
        Assert.All(bench.Targets.Values, target => Assert.Equal(Image, Assert.Single(target.Device.Images)));
    }

    [Fact]
    public async Task A_restart_goes_on_with_what_has_come_and_is_verified()
    {
        const int Came = (2 * PartialImage.BlockSize) + 1;
        await using var bench = await FirmwareBench.StartAsync();
        bench.SetOnline(false); // so that it waits after the cut
        var image = bench.Add("1.0.0", Image);
        bench.Files.InjectDownloadFault(new DownloadFault { Kind = DownloadFaultKind.Cut, Bytes = Came });
        bench.Assign(1, image);
        await bench.Until("two blocks have come", () => bench.StatusOf(1)?.Bytes == Came);

        await bench.RestartAsync();
        bench.SetOnline(true);

        Assert.Equal("done", await bench.EndOf(1));
        Assert.Equal(Image, Assert.Single(bench[1].Device.Images));
        Assert.Equal([0L, 2 * PartialImage.BlockSize], bench.Files.Downloads.Select(download => download.Offset));
    }
}
