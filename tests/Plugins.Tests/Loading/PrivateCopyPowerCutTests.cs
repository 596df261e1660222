using System.Security.Cryptography;
using System.Text;
using BridgeFramework.Disks;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins.Tests;

/// <summary>The copy that is written down as the version in force is there after a power cut, whole: the
/// dropped folder may hold another by then.</summary>
public sealed class PrivateCopyPowerCutTests
{
    private const string Dropped = "/plugins/good";
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly PluginManifest _manifest;

    public PrivateCopyPowerCutTests()
    {
        using var plugins = new PluginsOnDisk();
        var built = PluginManifestReader.Read(plugins.Drop("good"));
        _files[built.Assembly] = [.. Enumerable.Range(0, 2000).Select(i => (byte)i)];
        _files["runtimes/linux/native/libgood.txt"] = "a library"u8.ToArray();
        var digests = _files.ToDictionary(
            file => file.Key, file => Convert.ToHexStringLower(SHA256.HashData(file.Value)), StringComparer.Ordinal);
        byte[] json = PluginManifestWriter.Write(built with { Files = digests });
        _manifest = PluginManifestReader.Parse(json);
        _files[PluginManifest.FileName] = json;
    }

    [Fact]
    public async Task A_private_copy_outlives_a_power_cut_at_any_step()
    {
        int steps = await PowerCuts.TryAllAsync(new PowerCutScenario(
            disk => Done(() =>
            {
                foreach (var (name, bytes) in _files) PrivateFile.At($"{Dropped}/{name}", disk).Replace(bytes);
            }),
            disk => Done(() =>
            {
                PrivateCopy.Make(Dropped, _manifest, Copies(disk));
                Note(disk).Replace(Encoding.UTF8.GetBytes("in force"));
            }),
            (disk, ended) => Done(() =>
            {
                Assert.True(!ended || Note(disk).Exists);
                if (Note(disk).Exists) AssertIsWhole(disk, PrivateCopy.Find(Copies(disk), _manifest.Id, _manifest.Digest));
                AssertIsWhole(disk, PrivateCopy.Make(Dropped, _manifest, Copies(disk)));
            })));
        Assert.InRange(steps, 20, 80);
    }

    private void AssertIsWhole(IDisk disk, string? copy)
    {
        Assert.NotNull(copy);
        foreach (var (name, bytes) in _files) Assert.Equal(bytes, PrivateFile.At($"{copy}/{name}", disk).TryRead(100_000));
    }

    private static PrivateFolder Copies(IDisk disk) => new PrivateFolder("/data", disk).Folder("plugins");

    private static PrivateFile Note(IDisk disk) => PrivateFile.At("/data/note", disk);

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
