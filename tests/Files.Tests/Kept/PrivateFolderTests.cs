using BridgeFramework.Disks;

namespace BridgeFramework.Files.Tests;

public sealed class PrivateFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_that_is_not_there_has_nothing_in_it() => Assert.Empty(new PrivateFolder(_folder.At("nowhere")).List());

    [Fact]
    public void One_that_was_removed_behind_its_back_is_made_again()
    {
        var folder = new PrivateFolder(_folder.At("data"));
        folder.File("one").Replace("1"u8);
        Directory.Delete(folder.Path, recursive: true);
        folder.File("two").Replace("2"u8);
        Assert.Equal("two", Assert.Single(folder.List()).Name);
    }

    [Fact]
    public void What_links_lead_to_stays_when_it_is_deleted()
    {
        if (OperatingSystem.IsWindows()) return;
        string outside = _folder.Write("outside/file");
        _folder.Write("data/inner/file");
        Directory.CreateSymbolicLink(_folder.At("data", "link"), _folder.At("outside"));
        OddEntries.MakeFifo(_folder.At("data", "fifo"));

        new PrivateFolder(_folder.At("data")).Delete();

        Assert.True(File.Exists(outside));
        Assert.False(Directory.Exists(_folder.At("data")));

        Directory.CreateSymbolicLink(_folder.At("data"), _folder.At("outside"));
        new PrivateFolder(_folder.At("data")).Delete();
        Assert.True(File.Exists(outside));
        Assert.False(Directory.Exists(_folder.At("data")));
    }

    [Fact]
    public async Task A_folder_that_was_deleted_does_not_come_back() => await PowerCuts.TryAllAsync(new PowerCutScenario(
        disk =>
        {
            new PrivateFolder("/data/store", disk).Folder("inner").File("one").Replace("1"u8);
            return Task.CompletedTask;
        },
        disk =>
        {
            new PrivateFolder("/data/store", disk).Delete();
            return Task.CompletedTask;
        },
        (disk, ended) =>
        {
            Assert.True(!ended || disk.Find("/data/store") is null);
            return Task.CompletedTask;
        }));
}
