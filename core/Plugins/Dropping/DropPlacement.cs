namespace BridgeFramework.Plugins;

/// <summary>Puts a checked plugin into a drop folder, so that whoever watches it never takes half of it for the whole.</summary>
public static class DropPlacement
{
    /// <summary>
    /// Copies a plugin into the drop folder, over an earlier version of it if there is one, in place of one that came as an archive. The manifest comes last: whatever happens before, what
    /// is there counts as incomplete, and the version that runs goes on.
    /// </summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="dropFolder">The folder; made if it is not there.</param>
    /// <returns>The name of its entry there.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static string Place(ReceivedPlugin plugin, string dropFolder)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        Directory.CreateDirectory(dropFolder);
        string entry = DropWatch.EntriesOf(dropFolder).FirstOrDefault(name => IsOf(plugin.Manifest.Id, Path.Combine(dropFolder, name))) ?? plugin.Manifest.Id;
        string target = Path.Combine(dropFolder, entry);
        if (Path.GetFullPath(plugin.Folder).Equals(Path.GetFullPath(target), StringComparison.Ordinal)) return entry;
        Directory.CreateDirectory(target);
        File.Delete(Path.Combine(target, PluginManifest.FileName));
        foreach (string file in plugin.Manifest.Files.Keys) Copy(file);
        RemoveOthers(target, plugin.Manifest);
        Copy(PluginManifest.FileName);
        // Two entries of one plugin are a mistake. The archive goes last, so that one of them is there at any time.
        foreach (string archive in DropWatch.EntriesOf(dropFolder).Select(name => Path.Combine(dropFolder, name)))
            if (IsArchiveOf(plugin.Manifest.Id, archive)) File.Delete(archive);
        return entry;

        void Copy(string file)
        {
            string to = Path.Combine(target, file);
            if (Path.GetDirectoryName(to) is { } folder) Directory.CreateDirectory(folder);
            File.Copy(Path.Combine(plugin.Folder, file), to, overwrite: true);
        }
    }

    private static bool IsOf(string id, string entry)
    {
        if (!Directory.Exists(entry)) return false;
        if (Path.GetFileName(entry).Equals(id, StringComparison.Ordinal)) return true;
        try
        {
            return PluginManifestReader.Read(entry).Id.Equals(id, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is PluginRejectedException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsArchiveOf(string id, string entry)
    {
        if (!PluginArchive.IsNamedSo(entry) || !File.Exists(entry)) return false;
        try
        {
            return PluginArchive.ReadManifest(entry).Id.Equals(id, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is PluginRejectedException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void RemoveOthers(string target, PluginManifest manifest)
    {
        foreach (string file in Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(target, file).Replace(Path.DirectorySeparatorChar, '/');
            if (!manifest.Files.ContainsKey(path)) File.Delete(file);
        }
    }
}
