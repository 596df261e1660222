using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>Puts a checked plugin into a drop folder, so that whoever watches it never takes half of it for the whole.</summary>
public static class DropPlacement
{
    /// <summary>Begins with a dot, so that the watch leaves it alone.</summary>
    private const string Unfinished = ".installing-";
    private const string Fresh = "new";
    private const string Aside = "old";

    /// <summary>
    /// Puts a plugin into the drop folder, in place of an earlier version of it if there is one, also of one that came as an archive. It is
    /// copied beside that, and both change places at one moment: whatever happens before, the earlier version is there, whole. Nothing of
    /// what is in its place is opened or followed.
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
        string entry = DropEntries.In(dropFolder).FirstOrDefault(name => IsOf(plugin.Manifest.Id, Path.Combine(dropFolder, name)))
            ?? plugin.Manifest.Id;
        string target = Path.Combine(dropFolder, entry);
        if (Path.GetFullPath(plugin.Folder).Equals(Path.GetFullPath(target), StringComparison.Ordinal)) return entry;
        using (var work = WorkFolder.Make(dropFolder, Unfinished, left => PutBack(left, dropFolder)))
        {
            string fresh = Path.Combine(work.Path, Fresh);
            Copy(plugin, fresh);
            Swap(fresh, target, Path.Combine(work.Path, Aside));
            LocalDisk.Instance.SyncFolder(dropFolder);
        }

        // Two entries of one plugin are a mistake. The archive goes last, so that one of them is there at any time.
        foreach (string archive in DropEntries.In(dropFolder).Select(name => Path.Combine(dropFolder, name)))
            if (IsArchiveOf(plugin.Manifest.Id, archive)) LocalDisk.Instance.Delete(archive);
        return entry;
    }

    private static void Copy(ReceivedPlugin plugin, string fresh)
    {
        HashSet<string> folders = [];
        foreach (string file in plugin.Manifest.Files.Keys.Append(PluginManifest.FileName))
        {
            string to = Path.Combine(fresh, file);
            string folder = Path.GetDirectoryName(to) ?? fresh;
            if (folders.Add(folder)) Make(folder);
            using var source = RegularFile.OpenRead(Path.Combine(plugin.Folder, file));
            Write(source, to);
        }

        foreach (string folder in folders) LocalDisk.Instance.SyncFolder(folder);
    }

    /// <summary>Gives what is new the name, whatever has it now. Where the two cannot change places at one moment, the old one is set aside
    /// first; if it ends there, the next installation puts that back.</summary>
    private static void Swap(string fresh, string target, string aside)
    {
        var disk = LocalDisk.Instance;
        if (disk.Find(target) is null)
        {
            disk.Rename(fresh, target);
            return;
        }

        if (LocalDisk.TryExchange(fresh, target)) return;
        disk.MakeFolder(aside);
        string old = Path.Combine(aside, Path.GetFileName(target));
        disk.Rename(target, old);
        try
        {
            disk.Rename(fresh, target);
        }
        catch
        {
            disk.Rename(old, target);
            throw;
        }
    }

    private static void PutBack(string left, string dropFolder)
    {
        var disk = LocalDisk.Instance;
        string aside = Path.Combine(left, Aside);
        if (disk.Find(aside) is not { Kind: EntryKind.Folder }) return;
        foreach (var old in disk.List(aside).ToList())
            if (disk.Find(Path.Combine(dropFolder, old.Name)) is null)
                disk.Rename(Path.Combine(aside, old.Name), Path.Combine(dropFolder, old.Name));
    }

#pragma warning disable RS0030 // The operator's folder, and no private one: whoever runs the gateway may be another user than who installs.
    private static void Make(string folder) => Directory.CreateDirectory(folder);

    private static void Write(FileStream source, string file)
    {
        using var copy = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
        source.CopyTo(copy);
        copy.Flush(flushToDisk: true);
    }
#pragma warning restore RS0030

    private static bool IsOf(string id, string entry)
    {
        if (!Directory.Exists(entry)) return false;
        return Path.GetFileName(entry).Equals(id, StringComparison.Ordinal) || IsOf(id, () => PluginManifestReader.Read(entry));
    }

    private static bool IsArchiveOf(string id, string entry) =>
        PluginArchive.IsNamedSo(entry) && IsOf(id, () => PluginArchive.ReadManifest(entry));

    private static bool IsOf(string id, Func<PluginManifest> read)
    {
        try
        {
            return read().Id.Equals(id, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is PluginRejectedException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
