namespace BridgeFramework.Plugins;

/// <summary>Takes one dropped folder all the way to a loaded plugin, or says why not.</summary>
internal sealed class PluginInstaller(string runFolder, TimeProvider time)
{
    private const string CopyAgain = "copy the whole folder that the plugin's build made";

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
        try
        {
            // The digest comes first and the copy must have the same one: what was checked is what runs.
            var content = PluginContent.Read(folder);
            var manifest = PluginManifestReader.Read(folder);
            if (others.FirstOrDefault(p => p.Manifest.Id.Equals(manifest.Id, StringComparison.Ordinal)) is { } twin)
                throw new PluginRejectedException($"plugin {twin} in {twin.Folder} has the same id", "remove one of the two");
            content.RefuseOwnContract();
            string entryPoint = new PluginAssembly(Path.Combine(folder, manifest.Assembly)).FindEntryPoint(content);
            return (manifest, entryPoint, PrivateCopy.Make(content, runFolder, manifest.Id));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PluginRejectedException(
                $"its files cannot be read or copied ({e.Message.TrimEnd('.')})", $"check the permissions and the free space, and {CopyAgain}");
        }
    }
}
