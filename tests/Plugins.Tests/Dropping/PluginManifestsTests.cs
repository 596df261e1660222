using System.IO.Compression;

namespace BridgeFramework.Plugins.Tests;

public sealed class PluginManifestsTests
{
    [Fact]
    public void Folders_and_archives_are_read_what_cannot_be_is_told_and_the_rest_is_left_alone()
    {
        using var disk = new PluginsOnDisk();
        string packed = disk.Drop("misbehaving");
        ZipFile.CreateFromDirectory(packed, Path.Combine(disk.Folder, "packed.zip"), CompressionLevel.Fastest, includeBaseDirectory: true);
        Directory.Delete(packed, recursive: true);
        disk.Drop("good");
        disk.Drop("good", ".arriving");
        Directory.CreateDirectory(Path.Combine(disk.Folder, "empty"));
        File.WriteAllText(Path.Combine(disk.Folder, "half.zip"), "PK");
        File.WriteAllText(Path.Combine(disk.Folder, "lonely.dll"), "");

        var found = PluginManifests.In(disk.Folder);

        Assert.Equal("good misbehaving", string.Join(' ', found.Manifests.Select(manifest => manifest.Id)));
        Assert.Equal("good misbehaving", string.Join(' ', found.Drivers.Select(driver => driver.Info.Name)));
        Assert.Equal("empty half.zip", string.Join(' ', found.Failures.Select(failure => failure.Name)));
    }

    [Fact]
    public void A_folder_that_is_not_there_has_none() =>
        Assert.Empty(PluginManifests.In(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))).Manifests);
}
