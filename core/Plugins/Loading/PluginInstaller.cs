namespace BridgeFramework.Plugins;

/// <summary>Takes one dropped folder all the way to a loaded plugin, or says why not.</summary>
internal sealed class PluginInstaller(string runFolder, PluginTrust trust, TimeProvider time)
{
    /// <summary>Checks, copies and loads the plugin in <paramref name="folder"/> and adds its drivers to <paramref name="catalog"/>.</summary>
    /// <exception cref="PluginRejectedException">It is not loaded; nothing of it is left behind.</exception>
    public async Task<LoadedPlugin> LoadAsync(
        string folder, IReadOnlyList<LoadedPlugin> others, DriverCatalog catalog, CancellationToken cancellationToken)
    {
        var (manifest, entryPoint, copy) = Prepare(folder, others);
        var context = PluginContext.Create(Path.Combine(copy, manifest.Assembly));
        LoadedPlugin? plugin = null;
        try
        {
            var drivers = await new PluginActivation(context, entryPoint, time).RunAsync(cancellationToken);
            DriverPromise.Check(manifest, drivers);
            plugin = new LoadedPlugin(manifest, folder, context, drivers);
            if (!catalog.TryAdd(plugin, out var taken))
                throw new PluginRejectedException(
                    $"its driver '{taken.Registration.Info.Name}' is already brought by plugin {taken.Plugin} in {taken.Plugin?.Folder}",
                    "remove one of the two");
            PrivateCopy.RemoveOthers(copy);
            return plugin;
        }
        catch
        {
            plugin?.Dispose();
            context.Dispose();
            throw;
        }
    }

    /// <summary>All that can be known and done without running any code of the plugin.</summary>
    private (PluginManifest Manifest, string EntryPoint, string Copy) Prepare(string folder, IReadOnlyList<LoadedPlugin> others)
    {
        var (manifest, entryPoint) = PluginVerification.Check(folder, trust);
        if (others.FirstOrDefault(p => p.Manifest.Id.Equals(manifest.Id, StringComparison.Ordinal)) is { } twin)
            throw new PluginRejectedException($"plugin {twin} in {twin.Folder} has the same id", "remove one of the two");
        return (manifest, entryPoint, PrivateCopy.Make(folder, manifest, runFolder));
    }
}
