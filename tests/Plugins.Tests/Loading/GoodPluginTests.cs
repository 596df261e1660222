using System.Runtime.CompilerServices;
using System.Text.Json;
using BridgeFramework.Files;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Plugins.Tests;

public sealed class GoodPluginTests
{
    [Fact]
    public async Task A_good_plugin_is_loaded_with_its_manifest_and_drivers()
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.Drop("good");

        using var host = await disk.StartAsync();

        Assert.Empty(host.Failures);
        var plugin = Assert.Single(host.InMemory);
        Assert.Equal(("good", "1.2.3", "Fixture.Good.dll", new Version(0, 1, 0)), (
            plugin.Manifest.Id, plugin.Manifest.Version, plugin.Manifest.Assembly, plugin.Manifest.ContractVersion));
        Assert.Equal(folder, plugin.Folder);
        Assert.Equal("good", Assert.Single(plugin.Drivers).Info.Name);
        Assert.Equal(
            $"Loaded plugin good 1.2.3 from {folder}, drivers: good", Assert.Single(disk.Log.GetSnapshot()).Message);
    }

    [Fact]
    public async Task A_plugin_uses_its_own_version_of_a_library_that_the_host_has_too()
    {
        using var disk = new PluginsOnDisk();
        disk.Drop("good");
        using var host = await disk.StartAsync();
        var plugin = Assert.Single(host.InMemory);

        Assert.Equal("1", Fixture.Libraries.SharedLibrary.Version);
        Assert.Equal("2", await AskAsync(plugin, "library"));
    }

    [Fact]
    public async Task Settings_that_are_left_out_get_the_defaults_of_the_record()
    {
        using var disk = new PluginsOnDisk();
        disk.Drop("good");
        using var host = await disk.StartAsync();
        var plugin = Assert.Single(host.InMemory);

        Assert.Equal("""{"host":"h","port":502,"timeout":"1s"}""", await AskAsync(plugin, "settings"));
    }

    [Fact]
    public async Task Replacing_or_removing_the_dropped_files_harms_nothing_that_runs()
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.Drop("good");
        using var host = await disk.StartAsync();
        var plugin = Assert.Single(host.InMemory);

        foreach (string file in Directory.EnumerateFiles(folder))
            await File.WriteAllBytesAsync(file, new byte[100_000], TestContext.Current.CancellationToken);
        Directory.Delete(folder, recursive: true);

        Assert.Equal("2", await AskAsync(plugin, "library"));
        Assert.Equal("hello", await AskAsync(plugin, "greeting"));
    }

    [Fact]
    public async Task A_changed_plugin_replaces_its_private_copy_and_an_unchanged_one_uses_it_again()
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.Drop("good");
        string run = Path.Combine(disk.RunFolder, "good");
        (await disk.KeepAndLoadAsync(folder)).Dispose();
        string first = Assert.Single(Directory.EnumerateDirectories(run));
        string marker = Path.Combine(first, "plugin.json");
        var written = File.GetLastWriteTimeUtc(marker);

        (await disk.KeepAndLoadAsync(folder)).Dispose();
        Assert.Equal([first], Directory.EnumerateDirectories(run), StringComparer.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(marker));

        await File.WriteAllTextAsync(Path.Combine(folder, "notes.txt"), "new", TestContext.Current.CancellationToken);
        var changed = PluginSeal.Renew(folder);
        (await disk.KeepAndLoadAsync(folder)).Dispose();
        Assert.Equal([Path.Combine(run, changed.Digest[..32])], Directory.EnumerateDirectories(run), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_damaged_private_copy_is_made_anew()
    {
        using var disk = new PluginsOnDisk();
        disk.Drop("good");
        await StartAndEndAsync(disk);
        string copy = Path.Combine(
            Assert.Single(Directory.EnumerateDirectories(Path.Combine(disk.RunFolder, "good"))), "Fixture.Library.dll");
        await File.WriteAllBytesAsync(copy, new byte[4096], TestContext.Current.CancellationToken);

        using var host = await disk.StartAsync();

        var plugin = Assert.Single(host.InMemory);
        Assert.Equal("2", await AskAsync(plugin, "library"));
    }

    [Fact]
    public void A_copy_of_files_that_changed_after_the_check_is_not_used()
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.Drop("good");
        var manifest = PluginVerification.Check(folder, PluginTrust.Any).Manifest;
        File.AppendAllText(Path.Combine(folder, "Fixture.Library.dll"), "x");

        var refusal = Assert.Throws<PluginRejectedException>(() => PrivateCopy.Make(folder, manifest, new PrivateFolder(disk.RunFolder)));

        Assert.Equal("its files changed while they were being read", refusal.Reason);
        Assert.True(refusal.MayBeIncomplete);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(disk.RunFolder, "good")));
    }

    [Fact]
    public void A_folder_that_was_sealed_anew_after_the_check_is_not_the_one_that_was_checked()
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.Drop("good");
        var manifest = PluginVerification.Check(folder, PluginTrust.Any).Manifest;
        PluginSeal.Write(folder, manifest with { Version = "6.6.6" });

        Assert.Throws<PluginRejectedException>(() => PrivateCopy.Make(folder, manifest, new PrivateFolder(disk.RunFolder)));
    }

    [Fact]
    public async Task A_build_on_the_allow_list_is_loaded()
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.Drop("good");
        disk.Trust = PluginTrust.Only([new string('0', 64), PluginManifestReader.Read(folder).Digest]);

        await StartAndEndAsync(disk);
    }

    [Fact]
    public async Task The_private_copy_is_for_the_owner_only()
    {
        if (OperatingSystem.IsWindows()) return;
        using var disk = new PluginsOnDisk();
        disk.Drop("good");
        await StartAndEndAsync(disk);

        foreach (
            string path in Directory.EnumerateFileSystemEntries(disk.RunFolder, "*", SearchOption.AllDirectories).Append(disk.RunFolder))
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & ~(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task An_unloaded_plugin_leaves_the_memory()
    {
        using var disk = new PluginsOnDisk();
        disk.Drop("good");
        var plugin = await UseAndUnloadAsync(disk);
        // Off the stack of the above, whose frames still hold what they have used.
        await Task.Yield();

        for (int round = 0; round < 12 && !plugin.IsCollected; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(plugin.IsCollected, "Something still holds the plugin's load context after 12 collections.");
        Assert.Empty(plugin.Drivers);
    }

    [Fact]
    public async Task A_cancelled_start_says_so()
    {
        using var disk = new PluginsOnDisk();
        disk.Drop("good");
        using var host = disk.CreateHost();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.StartAsync(new CancellationToken(canceled: true)));
    }

    /// <summary>On its own, so that no local of the test's frame keeps anything of the plugin.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<LoadedPlugin> UseAndUnloadAsync(PluginsOnDisk disk)
    {
        using var host = await disk.StartAsync();
        var plugin = Assert.Single(host.InMemory);
        await AskAsync(plugin, "library");
        await AskAsync(plugin, "settings");
        return plugin;
    }

    private static async Task StartAndEndAsync(PluginsOnDisk disk)
    {
        using var host = await disk.StartAsync();
        Assert.Empty(host.Failures);
        Assert.Single(host.InMemory);
    }

    private static async Task<string?> AskAsync(LoadedPlugin plugin, string action)
    {
        var driver = Assert.Single(plugin.Drivers);
        using var settings = JsonDocument.Parse("""{ "host": "h" }""");
        using var loggers = LoggerFactory.Create(_ => { });
        await using var run = driver.CreateRun(driver.ReadChannelSettings(settings.RootElement), loggers, TimeProvider.System);
        var answer = await ((IDriverActions)run.Driver).InvokeAsync(action, default, TestContext.Current.CancellationToken);
        return answer.GetString();
    }
}
