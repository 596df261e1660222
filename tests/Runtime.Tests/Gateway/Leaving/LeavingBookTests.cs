using BridgeFramework.Configuration;
using BridgeFramework.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Runtime.Tests;

public sealed class LeavingBookTests : IDisposable
{
    private static readonly LeavingSubDevice Meter = new(
        SubDeviceId.Parse("P/m1"),
        new ProfileSettings { Up = "values", Down = "orders", Reply = "answers", Format = UplinkFormat.Compact },
        TimeSpan.FromSeconds(90));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-leaving-");

    private PrivateFile File => new PrivateFolder(_folder.FullName).File("leaving");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Who_leaves_is_known_after_a_restart()
    {
        await Open().WriteAsync([Meter]);

        Assert.Equal(Meter, Assert.Single(Open().All).Value);
    }

    [Fact]
    public async Task Where_nobody_leaves_nothing_is_written()
    {
        await Open().WriteAsync([]);
        Assert.False(File.Exists);

        await Open().WriteAsync([Meter]);
        await Open().WriteAsync([]);
        Assert.Empty(Open().All);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}\n")]
    [InlineData("""{"version":1,"subDevices":[{"id":"P/m1","up":"u","down":"d","reply":"r","format":"plain","connected":0}]}""" + "\n0000\n")]
    [InlineData("""{"version":2,"subDevices":[]}""" + "\n")]
    [InlineData("""{"version":1,"subDevices":[{"id":"no id","up":"u","down":"d","reply":"r","format":"plain","connected":0}]}""" + "\n")]
    public async Task A_file_that_is_damaged_is_said_and_nobody_leaves(string content)
    {
        await System.IO.File.WriteAllTextAsync(File.Path, content, TestContext.Current.CancellationToken);
        var log = new FakeLogger<LeavingBook>();

        Assert.Empty(new LeavingBook(new LeavingFile(File), log).All);

        Assert.Equal(4441, log.LatestRecord.Id.Id);
        Assert.Contains("take them offline in the console", log.LatestRecord.Message, StringComparison.Ordinal);
    }

    private LeavingBook Open() => new(new LeavingFile(File), NullLogger<LeavingBook>.Instance);
}
