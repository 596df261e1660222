using System.IO.Compression;

namespace BridgeFramework.Plugins.Tests;

public sealed class DropPlacementTests : IDisposable
{
    private readonly PluginsOnDisk _disk = new();
    private readonly DirectoryInfo _drop = Directory.CreateTempSubdirectory("placement-");

    public void Dispose()
    {
        _disk.Dispose();
        _drop.Delete(recursive: true);
    }

    [Fact]
    public void A_plugin_takes_the_place_of_one_that_came_as_an_archive_and_of_no_other()
    {
        string good = _disk.Drop("good");
        ZipFile.CreateFromDirectory(good, Path.Combine(_drop.FullName, "good-1.zip"), CompressionLevel.Fastest, includeBaseDirectory: true);
        ZipFile.CreateFromDirectory(_disk.Drop("misbehaving"), Path.Combine(_drop.FullName, "other.zip"));
        File.WriteAllText(Path.Combine(_drop.FullName, "broken.zip"), "not yet");
        using var plugin = new PluginVault(_disk.RunFolder, PluginTrust.Any, TimeProvider.System).Receive(good);

        Assert.Equal("good", DropPlacement.Place(plugin, _drop.FullName));

        Assert.Equal("broken.zip good other.zip", string.Join(
            ' ', _drop.EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void What_came_as_an_archive_can_be_read_by_the_user_that_the_gateway_runs_as()
    {
        if (OperatingSystem.IsWindows()) return;
        string archive = Path.Combine(_disk.RunFolder, "good-1.zip");
        Directory.CreateDirectory(_disk.RunFolder);
        ZipFile.CreateFromDirectory(_disk.Drop("good"), archive);
        using var plugin = new PluginVault(_disk.RunFolder, PluginTrust.Any, TimeProvider.System).Receive(archive);
        string usual = Path.Combine(_drop.FullName, "usual");
        File.WriteAllText(usual, "as the umask says");

        string entry = DropPlacement.Place(plugin, _drop.FullName);

        Assert.Equal(File.GetUnixFileMode(usual), File.GetUnixFileMode(Path.Combine(_drop.FullName, entry, plugin.Manifest.Assembly)));
    }

    [Fact]
    public void What_links_in_the_drop_folder_lead_to_is_neither_written_nor_deleted()
    {
        if (OperatingSystem.IsWindows()) return;
        string elsewhere = Path.Combine(_disk.Folder, "..", "elsewhere");
        string theirs = Path.Combine(elsewhere, "theirs");
        Directory.CreateDirectory(elsewhere);
        File.WriteAllText(theirs, "not ours");
        using var plugin = new PluginVault(_disk.RunFolder, PluginTrust.Any, TimeProvider.System).Receive(_disk.Drop("good"));
        string target = Path.Combine(_drop.FullName, "good");
        Directory.CreateDirectory(target);
        Directory.CreateSymbolicLink(Path.Combine(target, "others"), elsewhere);
        File.CreateSymbolicLink(Path.Combine(target, plugin.Manifest.Assembly), theirs);

        DropPlacement.Place(plugin, _drop.FullName);

        Assert.Equal("not ours", File.ReadAllText(theirs));
        Assert.Equal(plugin.Manifest.Digest, PluginVerification.Check(target, PluginTrust.Any).Manifest.Digest);

        Directory.Delete(target, recursive: true);
        Directory.CreateSymbolicLink(target, elsewhere);
        DropPlacement.Place(plugin, _drop.FullName);
        Assert.Equal("theirs", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(elsewhere))));
        Assert.Equal(plugin.Manifest.Digest, PluginVerification.Check(target, PluginTrust.Any).Manifest.Digest);
    }
}
