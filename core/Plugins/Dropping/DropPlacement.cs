using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>Puts a checked plugin into a drop folder, so that whoever watches it never takes half of it for the whole.</summary>
public static class DropPlacement
{
    private static readonly WalkBounds Bounds = new(Entries: 10_000, Depth: 64, long.MaxValue);

    /// <summary>
    /// Copies a plugin into the drop folder, over an earlier version of it if there is one, in place of one that came as an archive. The
    /// manifest comes last: whatever happens before, what is there counts as incomplete, and the version that runs goes on.
    /// </summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="dropFolder">The folder; made if it is not there.</param>
    /// <returns>The name of its entry there.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static string Place(ReceivedPlugin plugin, string dropFolder)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        Make(dropFolder);
        string entry = DropWatch.EntriesOf(dropFolder).FirstOrDefault(name => IsOf(plugin.Manifest.Id, Path.Combine(dropFolder, name)))
            ?? plugin.Manifest.Id;
        string target = Path.Combine(dropFolder, entry);
        if (Path.GetFullPath(plugin.Folder).Equals(Path.GetFullPath(target), StringComparison.Ordinal)) return entry;
        // What the folder is to hold is written into it, and not to where a link in it leads.
        if (LocalDisk.Instance.Find(target) is { Kind: not EntryKind.Folder }) LocalDisk.Instance.Delete(target);
        Make(target);
        File.Delete(Path.Combine(target, PluginManifest.FileName));
        RemoveOthers(target, plugin.Manifest);
        foreach (string file in plugin.Manifest.Files.Keys) Copy(file);
        Copy(PluginManifest.FileName);
        // Two entries of one plugin are a mistake. The archive goes last, so that one of them is there at any time.
        foreach (string archive in DropWatch.EntriesOf(dropFolder).Select(name => Path.Combine(dropFolder, name)))
            if (IsArchiveOf(plugin.Manifest.Id, archive)) File.Delete(archive);
        return entry;

        void Copy(string file)
        {
            string to = Path.Combine(target, file);
            if (Path.GetDirectoryName(to) is { } folder) Make(folder);
            using var source = RegularFile.OpenRead(Path.Combine(plugin.Folder, file));
            LocalDisk.Instance.Delete(to);
            using var copy = Create(to);
            source.CopyTo(copy);
        }
    }

#pragma warning disable RS0030 // The operator's folder, and no private one: whoever runs the gateway may be another user than who installs.
    private static void Make(string folder) => Directory.CreateDirectory(folder);

    private static FileStream Create(string file) => new(file, FileMode.CreateNew, FileAccess.Write);
#pragma warning restore RS0030

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

    /// <summary>Removes what does not belong to the plugin, and whatever is no file.</summary>
    private static void RemoveOthers(string target, PluginManifest manifest)
    {
        var content = FolderWalk.Read(target, Bounds);
        if (content.StoppedAt is not null || content.Faults.Any(fault => fault.Kind == EntryKind.Folder))
            throw new IOException($"'{target}' holds more than a plugin has, or what cannot be read: remove it first.");
        var others = content.Files.Select(file => file.Path).Where(path => !manifest.Files.ContainsKey(path));
        foreach (string path in others.Concat(content.Faults.Select(fault => fault.Path)))
            LocalDisk.Instance.Delete(Path.Combine(target, path));
    }
}
