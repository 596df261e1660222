using BridgeFramework.Files;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;
using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Plugins.Tests;

/// <summary>One bad plugin is one sentence, and the good one beside it works.</summary>
public sealed class BadPluginTests
{
    public static TheoryData<string> Names => [.. BadPluginCases.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_bad_plugin_is_one_sentence_and_harms_nothing_else(string name)
    {
        using var disk = new PluginsOnDisk();
        string good = disk.Drop("good");
        var (drop, sentence, mayBeIncomplete) = BadPluginCases.All[name];
        drop(disk);
        string folder = Path.Combine(disk.Folder, "misbehaving");
        var verification = Record.Exception(() => PluginVerification.Check(folder, disk.Trust)) as PluginRejectedException;

        using var host = await disk.StartAsync();

        Assert.Equal(mayBeIncomplete, verification?.MayBeIncomplete);
        string expected = $"Plugin 'misbehaving' was not loaded {sentence}"
            .Replace("{folder}", folder, StringComparison.Ordinal).Replace("{good}", good, StringComparison.Ordinal)
            .Replace("{digest}", DigestIn(folder), StringComparison.Ordinal);
        var failure = Assert.Single(host.Failures);
        Assert.Equal(expected, failure.ToString());
        Assert.Equal("misbehaving", failure.Name);
        Assert.Equal("good", Assert.Single(host.Status, plugin => plugin.State == PluginState.Loaded).Name);
        Assert.Equal(expected, Assert.Single(disk.Log.GetSnapshot(), r => r.Level == LogLevel.Error).Message);
    }

    [Fact]
    public async Task A_DLL_outside_a_folder_is_told_about()
    {
        using var disk = new PluginsOnDisk();
        Directory.CreateDirectory(disk.Folder);
        await File.WriteAllTextAsync(Path.Combine(disk.Folder, "Acme.dll"), "", TestContext.Current.CancellationToken);

        using var host = await disk.StartAsync();

        Assert.Equal(
            "Plugin 'Acme.dll' was not loaded because it is a file, and a plugin is a folder or a .zip of one: copy the whole folder "
                + "that the plugin's build made.",
            Assert.Single(host.Failures).ToString());
    }

    [Fact]
    public async Task No_folder_is_no_plugin_and_no_failure()
    {
        using var disk = new PluginsOnDisk();

        using var host = await disk.StartAsync();

        Assert.Empty(host.InMemory);
        Assert.Empty(host.Failures);
    }

    [Fact]
    public void A_file_that_cannot_be_read_may_still_be_on_its_way()
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.Drop("misbehaving");
        // An exclusive lock, which .NET keeps on every system: the tests may run as a user who may read everything.
        using var locked = new FileStream(
            Path.Combine(folder, BadPluginCases.MainAssembly), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        var refusal = Assert.Throws<PluginRejectedException>(() => PluginVerification.Check(folder, PluginTrust.Any));

        Assert.StartsWith("its files cannot be read or copied (", refusal.Reason, StringComparison.Ordinal);
        Assert.True(refusal.MayBeIncomplete);
    }

    private static string DigestIn(string folder)
    {
        string manifest = Path.Combine(folder, "plugin.json");
        return LocalDisk.Instance.Find(manifest) is { Kind: EntryKind.File } ? PluginFiles.DigestOf(manifest) : "";
    }
}
