namespace BridgeFramework.Plugins;

/// <summary>What the plugins of a folder say of themselves, without loading or checking any of their code.</summary>
public sealed record PluginManifests
{
    /// <summary>The manifests that could be read, by the name of the entry.</summary>
    public required IReadOnlyList<PluginManifest> Manifests { get; init; }

    /// <summary>The entries whose manifest could not, by name.</summary>
    public required IReadOnlyList<PluginFailure> Failures { get; init; }

    /// <summary>The drivers that they promise; of two with the same name the first.</summary>
    public IEnumerable<ManifestDriver> Drivers => Manifests.SelectMany(m => m.Drivers).DistinctBy(d => d.Info.Name, StringComparer.Ordinal);

    /// <summary>Reads the manifests of a plugin folder.</summary>
    /// <param name="folder">The folder with one sub-folder, or one archive, for each plugin; need not exist.</param>
    /// <returns>What was found. Names that begin with a dot are left alone.</returns>
    public static PluginManifests In(string folder)
    {
        List<PluginManifest> manifests = [];
        List<PluginFailure> failures = [];
        foreach (string name in DropEntries.ProblemOf(folder) is null ? DropEntries.In(folder) : [])
        {
            string entry = Path.Combine(folder, name);
            bool isFolder = Directory.Exists(entry);
            if (!isFolder && !PluginArchive.IsNamedSo(entry)) continue;
            try
            {
                manifests.Add(isFolder ? PluginManifestReader.Read(entry) : PluginArchive.ReadManifest(entry));
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
