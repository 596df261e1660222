namespace BridgeFramework.Plugins;

/// <summary>What the plugins of a folder say of themselves, without loading or checking any of their code.</summary>
public sealed record PluginManifests
{
    /// <summary>The manifests that could be read, by folder name.</summary>
    public required IReadOnlyList<PluginManifest> Manifests { get; init; }

    /// <summary>The folders whose manifest could not, by name.</summary>
    public required IReadOnlyList<PluginFailure> Failures { get; init; }

    /// <summary>The drivers that they promise; of two with the same name the first.</summary>
    public IEnumerable<ManifestDriver> Drivers => Manifests.SelectMany(m => m.Drivers).DistinctBy(d => d.Info.Name, StringComparer.Ordinal);

    /// <summary>Reads the manifests of a plugin folder.</summary>
    /// <param name="folder">The folder with one sub-folder for each plugin; need not exist.</param>
    /// <returns>What was found. Names that begin with a dot are left alone.</returns>
    public static PluginManifests In(string folder)
    {
        List<PluginManifest> manifests = [];
        List<PluginFailure> failures = [];
        foreach (string plugin in Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            string name = Path.GetFileName(plugin);
            if (name.StartsWith('.')) continue;
            try
            {
                manifests.Add(PluginManifestReader.Read(plugin));
            }
            catch (Exception e) when (e is PluginRejectedException or IOException or UnauthorizedAccessException)
            {
                var refusal = e as PluginRejectedException ?? PluginRejectedException.Unreadable(e);
                failures.Add(new PluginFailure { Name = name, Reason = refusal.Reason, Remedy = refusal.Remedy });
            }
        }

        return new PluginManifests { Manifests = manifests, Failures = failures };
    }
}
