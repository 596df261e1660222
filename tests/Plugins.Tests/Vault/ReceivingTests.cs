using System.IO.Compression;
using BridgeFramework.Testing;

namespace BridgeFramework.Plugins.Tests;

/// <summary>How what was dropped is taken in.</summary>
public sealed class ReceivingTests : IDisposable
{
    private readonly PluginsOnDisk _disk = new();

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void An_archive_that_the_allow_list_forbids_is_not_unpacked()
    {
        var refusal = Refusal(Pack(_disk.Drop("good")), PluginTrust.Only([]));

        Assert.Contains("is not on the allow-list", refusal.Reason, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_disk.RunFolder), "Something was unpacked.");
    }

    [Fact]
    public void A_refusal_of_an_archive_names_no_folder_that_is_gone_when_it_is_read()
    {
        string folder = _disk.Drop("good");
        string archive = Pack(folder);
        using (var zip = ZipFile.Open(archive, ZipArchiveMode.Update))
        {
            // A file where a folder is to be.
            zip.CreateEntry("more");
            zip.CreateEntry("more/of.it");
        }

        var refusal = Refusal(archive, PluginTrust.Any);

        Assert.DoesNotContain(_disk.RunFolder, refusal.Reason, StringComparison.Ordinal);
        Assert.Contains("more", refusal.Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_disk.RunFolder));
    }

    [Fact]
    public void What_systems_leave_in_folders_is_no_part_of_a_plugin_and_not_copied()
    {
        string folder = _disk.Drop("good");
        Directory.CreateDirectory(Path.Combine(folder, "__MACOSX"));
        foreach (string name in new[] { ".DS_Store", "._good.dll", "Thumbs.db", "desktop.ini", ".nfs00000001", "__MACOSX/._x" })
            File.WriteAllText(Path.Combine(folder, name), "litter");
        var vault = new PluginVault(_disk.RunFolder, PluginTrust.Any, TimeProvider.System);

        using var received = vault.Receive(folder);
        vault.Keep(received);

        var copied = Directory.EnumerateFiles(_disk.RunFolder, "*", SearchOption.AllDirectories).Select(Path.GetFileName);
        Assert.Equal(
            received.Manifest.Files.Keys.Append("plugin.json").Order(StringComparer.Ordinal), copied.Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        Assert.DoesNotContain("Thumbs.db", PluginSeal.Renew(folder).Files.Keys, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_received_where_nothing_is()
    {
        var vault = new PluginVault(_disk.RunFolder, PluginTrust.Any, TimeProvider.System);
        Assert.Null(await vault.ReceiveAsync(Path.Combine(_disk.Folder, "gone"), TestContext.Current.CancellationToken));
    }

    /// <summary>As on a file system that hangs.</summary>
    [Fact]
    public async Task What_does_not_come_back_is_waited_for_no_longer_than_is_said_and_thrown_away_when_it_does()
    {
        var time = new WatchedTime();
        using var hangs = new ManualResetEventSlim();
        var thrownAway = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = ReadingThread.RunAsync(Read, thrownAway.SetResult, PluginVault.Patience, time, TestContext.Current.CancellationToken);
        await time.ArmedAsync(PluginVault.Patience);

        time.Advance(PluginVault.Patience);

        await Assert.ThrowsAsync<TimeoutException>(() => reading);
        Assert.False(thrownAway.Task.IsCompleted);
        hangs.Set();
        Assert.Equal(1, await thrownAway.Task.OrFail("what came too late is thrown away"));

        int Read()
        {
#pragma warning disable RS0030 // The thread is to hang.
            hangs.Wait();
#pragma warning restore RS0030
            return 1;
        }
    }

    private PluginRejectedException Refusal(string entry, PluginTrust trust) => Assert.Throws<PluginRejectedException>(() =>
    {
        using var received = new PluginVault(_disk.RunFolder, trust, TimeProvider.System).Receive(entry);
    });

    private static string Pack(string folder)
    {
        ZipFile.CreateFromDirectory(folder, $"{folder}.zip");
        return $"{folder}.zip";
    }
}
