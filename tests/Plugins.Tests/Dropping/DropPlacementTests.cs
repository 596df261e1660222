using System.IO.Compression;
using BridgeFramework.Files;

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

    [Fact]
    public void What_was_a_folder_of_the_old_version_may_be_a_file_of_the_new_one()
    {
        Place(Version("good", folder => Write(folder, "data/table.bin", "old")));

        var placed = Place(Version("good", folder => Write(folder, "data", "new")));

        Assert.Equal("new", File.ReadAllText(Path.Combine(Good, "data")));
        Assert.Equal(placed.Digest, PluginVerification.Check(Good, PluginTrust.Any).Manifest.Digest);
        Assert.Equal(["good"], Entries(), StringComparer.Ordinal);
    }

    [Fact]
    public void An_installation_that_fails_leaves_the_old_version_whole_and_nothing_else()
    {
        var old = Place(Version("good", folder => Write(folder, "table", "old")));
        string source = Version("good", folder => Write(folder, "table", "new"));
        using var plugin = Vault.Receive(source);
        File.Delete(Path.Combine(source, "table"));

        Assert.Throws<FileNotFoundException>(() => DropPlacement.Place(plugin, _drop.FullName));

        Assert.Equal(old.Digest, PluginVerification.Check(Good, PluginTrust.Any).Manifest.Digest);
        Assert.Equal(["good"], Entries(), StringComparer.Ordinal);
    }

    [Fact]
    public void What_a_killed_installation_left_is_no_entry_and_goes_with_the_next_one()
    {
        string left = $".installing-{Guid.NewGuid():N}";
        Write(_drop.FullName, $"{left}/new/plugin.json", "{}");
        Write(_drop.FullName, $"{left}.lock", "");
        Assert.Empty(DropEntries.In(_drop.FullName));

        Place(Version("good", _ => { }));

        Assert.Equal(["good"], Entries(), StringComparer.Ordinal);
    }

    /// <summary>Where a file system cannot have two names change places, the old one is set aside for a moment.</summary>
    [Fact]
    public void A_version_that_a_killed_installation_had_set_aside_is_put_back_before_another_is_placed()
    {
        string left = $".installing-{Guid.NewGuid():N}";
        Write(_drop.FullName, $"{left}/old/lamps/plugin.json", "of the lamps");
        Write(_drop.FullName, $"{left}/old/good/plugin.json", "an older one");
        Write(_drop.FullName, $"{left}.lock", "");
        Place(Version("good", _ => { }));
        Assert.Equal(["good", "lamps"], Entries(), StringComparer.Ordinal);
        Assert.Equal("of the lamps", File.ReadAllText(Path.Combine(_drop.FullName, "lamps", "plugin.json")));
        PluginVerification.Check(Good, PluginTrust.Any);
    }

    [Fact]
    public void An_installation_that_is_under_way_is_left_alone()
    {
        using var work = WorkFolder.Make(_drop.FullName, ".installing-");
        Place(Version("good", _ => { }));
        Assert.True(Directory.Exists(work.Path));
    }

    private string Good => Path.Combine(_drop.FullName, "good");

    private PluginVault Vault => new(_disk.RunFolder, PluginTrust.Any, TimeProvider.System);

    private IEnumerable<string> Entries() => _drop.EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal);

    private PluginManifest Place(string folder)
    {
        using var plugin = Vault.Receive(folder);
        DropPlacement.Place(plugin, _drop.FullName);
        return plugin.Manifest;
    }

    private string Version(string fixture, Action<string> change)
    {
        string folder = _disk.Drop(fixture, $"{Guid.NewGuid():N}");
        change(folder);
        PluginSeal.Renew(folder);
        return folder;
    }

    private static void Write(string folder, string file, string text)
    {
        string path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? folder);
        File.WriteAllText(path, text);
    }
}
