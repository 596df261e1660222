using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>The versions of plugins that are kept: loads one, and removes those that nothing written down asks for.</summary>
internal sealed class KeptVersions(string dropFolder, PluginVault vault, PluginBook book)
{
    /// <summary>Loads a version. Before it runs, all of it is read and hashed.</summary>
    /// <exception cref="PluginRejectedException">It is not there, damaged, or its code does not do what the manifest says.</exception>
    public async Task<LoadedPlugin> LoadAsync(string id, PluginVersion version, string entry, CancellationToken cancellationToken) =>
        await await OwnThread.RunAsync(() => vault.LoadAsync(id, version.Digest, Path.Combine(dropFolder, entry), cancellationToken));

    /// <summary>Removes the versions of a plugin that are neither in force nor the one before nor on trial.</summary>
    public void Tidy(string id)
    {
        var record = book.Records.Find(id);
        vault.Tidy(id, new[] { record?.Current, record?.Previous, record?.Trial?.Candidate }.OfType<PluginVersion>().Select(
            version => version.Digest));
    }
}
