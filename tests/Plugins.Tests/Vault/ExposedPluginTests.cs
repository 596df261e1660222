using System.IO.Compression;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins.Tests;

/// <summary>A plugin that others can change is theirs.</summary>
public sealed class ExposedPluginTests : IDisposable
{
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF; // 0777
    private const UnixFileMode Group = (UnixFileMode)0x1FD; // 0775
    private readonly PluginsOnDisk _disk = new();

    public void Dispose() => _disk.Dispose();

    [Theory]
    [InlineData("plugin.json")]
    [InlineData("Fixture.Good.dll")]
    [InlineData("")]
    public void Whatever_of_it_others_can_change_it_is_refused_and_mended_as_a_whole(string file)
    {
        if (!OperatingSystem.IsLinux()) return;
        string plugin = _disk.Drop("good");
        string exposed = Path.Combine(plugin, file).TrimEnd('/');
        Assert.True(Path.Exists(exposed), $"The fixture has no {exposed}.");
        File.SetUnixFileMode(exposed, Everybody);

        var refusal = Assert.Throws<PluginRejectedException>(() => Receive(plugin, ExposurePolicy.Refuse));

        Assert.Contains($" '{exposed}' (owner ", refusal.Reason, StringComparison.Ordinal);
        Assert.Equal($"chmod -R o-w {plugin}", refusal.Remedy);
        Assert.False(refusal.MayBeIncomplete);
        Assert.Equal(refusal.Reason, Receive(plugin, ExposurePolicy.Warn)?.Reason);
        Assert.Null(Receive(plugin, policy: null));
    }

    [Fact]
    public void A_folder_that_others_can_add_to_is_refused_though_it_is_sticky()
    {
        if (!OperatingSystem.IsLinux()) return;
        string plugin = _disk.Drop("good");
        File.SetUnixFileMode(plugin, Everybody | UnixFileMode.StickyBit);

        Assert.Contains("mode 1777", Assert.Throws<PluginRejectedException>(
            () => Receive(plugin, ExposurePolicy.Refuse)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sticky_plugin_folder_may_hold_plugins_of_ours()
    {
        if (!OperatingSystem.IsLinux()) return;
        string plugin = _disk.Drop("good");
        File.SetUnixFileMode(_disk.Folder, Everybody | UnixFileMode.StickyBit);

        Assert.Null(Receive(plugin, ExposurePolicy.Refuse));
    }

    [Fact]
    public void An_archive_that_others_can_change_is_not_unpacked()
    {
        if (!OperatingSystem.IsLinux()) return;
        string plugin = _disk.Drop("good");
        string archive = plugin + ".zip";
        ZipFile.CreateFromDirectory(plugin, archive);
        File.SetUnixFileMode(archive, Everybody);

        var refusal = Assert.Throws<PluginRejectedException>(() => Receive(archive, ExposurePolicy.Refuse));

        Assert.Equal($"chmod o-w {archive}", refusal.Remedy);
        Assert.False(Directory.Exists(_disk.RunFolder), "Something was unpacked.");
    }

    [Fact]
    public void What_its_group_can_change_is_said_once_and_not_where_it_has_been_said_of_the_plugin_folder()
    {
        if (!OperatingSystem.IsLinux()) return;
        string plugin = _disk.Drop("good");
        foreach (string file in Directory.EnumerateFiles(plugin)) File.SetUnixFileMode(file, Group);

        var exposure = Receive(plugin, ExposurePolicy.Refuse);
        Assert.Equal((ExposureKind.Group, $"chmod -R g-w {plugin}"), (exposure?.Kind, exposure?.Remedy));
        Assert.Contains(" more like it", exposure?.Reason, StringComparison.Ordinal);

        File.SetUnixFileMode(_disk.Folder, Group);
        Assert.Null(Receive(plugin, ExposurePolicy.Refuse));
    }

    [Fact]
    public async Task A_private_copy_that_others_can_change_is_not_loaded()
    {
        if (!OperatingSystem.IsLinux()) return;
        string plugin = _disk.Drop("good");
        var vault = new PluginVault(_disk.RunFolder, PluginTrust.Any, TimeProvider.System) { Exposures = ExposurePolicy.Refuse };
        using var received = vault.Receive(plugin);
        vault.Keep(received);
        File.SetUnixFileMode(_disk.RunFolder, Everybody);

        var (id, digest, ct) = (received.Manifest.Id, received.Manifest.Digest, TestContext.Current.CancellationToken);
        var refusal = await Assert.ThrowsAsync<PluginRejectedException>(async () =>
        {
            using var loaded = await vault.LoadAsync(id, digest, plugin, ct);
        });

        Assert.Contains($"'{_disk.RunFolder}'", refusal.Reason, StringComparison.Ordinal);
    }

    private Exposure? Receive(string plugin, ExposurePolicy? policy)
    {
        using var received = new PluginVault(_disk.RunFolder, PluginTrust.Any, TimeProvider.System) { Exposures = policy }.Receive(plugin);
        return received.Exposure;
    }
}
