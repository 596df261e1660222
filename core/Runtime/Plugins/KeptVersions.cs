using System.Collections.Concurrent;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>The versions of plugins that are kept: loads one, and removes those that nothing written down asks for.</summary>
internal sealed class KeptVersions(string dropFolder, PluginVault vault, PluginBook book, PluginProof proof)
{
    private const int MostRemembered = 64;
    private readonly ConcurrentQueue<LoadedPlugin> _begun = new();

    /// <summary>What began to be loaded and whose code is in memory: known before any of it runs, and whatever became of it.</summary>
    public IEnumerable<LoadedPlugin> Begun => _begun.Where(plugin => !plugin.IsCollected);

    /// <summary>Loads a version. Before it runs, all of it is read and hashed, and it is written down that it does.</summary>
    /// <exception cref="PluginRejectedException">It is not there, damaged, or its code does not do what the manifest says.</exception>
    public async Task<LoadedPlugin> LoadAsync(string id, PluginVersion version, string entry, CancellationToken cancellationToken)
    {
        proof.Begin(new Suspect(id, entry, version));
        return await await OwnThread.RunAsync(
            () => vault.LoadAsync(id, version.Digest, Path.Combine(dropFolder, entry), cancellationToken, Remember));
    }

    /// <summary>The gateway ends: what was begun is nobody's any more.</summary>
    public void Forget() => _begun.Clear();

    /// <summary>Removes the versions of a plugin that are neither in force nor the one before nor on trial.</summary>
    public void Tidy(string id)
    {
        var record = book.Records.Find(id);
        vault.Tidy(id, new[] { record?.Current, record?.Previous, record?.Trial?.Candidate }.OfType<PluginVersion>().Select(
            version => version.Digest));
    }

    /// <summary>It holds on to nothing of the plugin's code.</summary>
    private void Remember(LoadedPlugin plugin)
    {
        _begun.Enqueue(plugin);
        while (_begun.Count > MostRemembered && _begun.TryDequeue(out _))
        {
            // The oldest has left long ago, or is on the shelf.
        }
    }
}
