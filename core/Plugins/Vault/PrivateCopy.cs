using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>The copy that a plugin runs from, named after its manifest's digest, which covers every file: whatever happens to the dropped
/// folder, the code in use stays whole.</summary>
/// <remarks>
/// On Linux a loaded assembly is mapped: bytes written over the file are bytes written over the running code.
/// </remarks>
internal static class PrivateCopy
{
    private const string Unfinished = ".copy-";

    /// <summary>128 bits name a build well enough, and paths stay short.</summary>
    private const int NameLength = 32;

    /// <summary>Gives the folder of the copy within <paramref name="runFolder"/>; an intact earlier copy is
    /// used again. It outlives a power cut.</summary>
    /// <param name="folder">The plugin's folder, which has been checked.</param>
    /// <param name="manifest">Its manifest as it was then. The copy is held against it: what was checked is what runs.</param>
    /// <param name="runFolder">Where the copies of all plugins are.</param>
    /// <exception cref="PluginRejectedException">The files changed meanwhile, or cannot be copied; this is the only exception.</exception>
    public static string Make(string folder, PluginManifest manifest, PrivateFolder runFolder)
    {
        try
        {
            var copies = runFolder.Folder(manifest.Id);
            copies.Make();
            string name = NameOf(manifest.Digest);
            var target = copies.Folder(name);
            if (IsWhole(target, manifest))
            {
                copies.Sync(); // a gateway that was killed may not have come to it
                return target.Path;
            }

            target.Delete();
            var unfinished = copies.Folder($"{Unfinished}{name}");
            unfinished.Delete();
            unfinished.Make();
            CopyFiles(folder, unfinished, manifest.Files.Keys.Append(PluginManifest.FileName));
            if (!IsWhole(unfinished, manifest))
            {
                unfinished.Delete();
                throw new PluginRejectedException(
                    "its files changed while they were being read", "wait until the folder is copied completely, then start again",
                        mayBeIncomplete: true);
            }

            copies.Disk.Rename(unfinished.Path, target.Path);
            copies.Sync();
            return target.Path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PluginRejectedException.Unreadable(e);
        }
    }

    /// <summary>The copy of a version; <see langword="null"/> where there is none.</summary>
    public static string? Find(PrivateFolder runFolder, string id, string digest)
    {
        if (!PathSegment.IsValid(id) || !PathSegment.IsValid(digest)) return null;
        string path = runFolder.Folder(id).Folder(NameOf(digest)).Path;
        return runFolder.Disk.Find(path) is { Kind: EntryKind.Folder } ? path : null;
    }

    /// <summary>What is in a folder that is to be tidied; nothing where it cannot be read: then it is left for the next time.</summary>
    public static IReadOnlyList<DiskEntry> ListOf(PrivateFolder folder)
    {
        try
        {
            return folder.List();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Removes the copies of a plugin but those of some versions.</summary>
    public static void RemoveOthers(PrivateFolder runFolder, string id, IEnumerable<string> kept)
    {
        var copies = runFolder.Folder(id);
        var names = kept.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        foreach (var copy in ListOf(copies))
            if (!names.Contains(copy.Name) && IsOne(copy)) Remove(copies.Folder(copy.Name));
        if (names.Count == 0) RemoveEmpty(copies);
    }

    /// <summary>Removes a folder. What cannot be removed is left for the next time.</summary>
    public static void Remove(PrivateFolder folder)
    {
        try
        {
            folder.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // On Windows the old version's files are locked while its unload is under way.
        }
    }

    /// <summary>Whether something is a copy, or what was to become one: nothing else is ever removed.</summary>
    private static bool IsOne(DiskEntry entry)
    {
        string name = entry.Name.StartsWith(Unfinished, StringComparison.Ordinal) ? entry.Name[Unfinished.Length..] : entry.Name;
        return entry.Kind == EntryKind.Folder && name.Length == NameLength && name.All(char.IsAsciiHexDigitLower);
    }

    /// <summary>Removes the folder of a plugin. Whatever else is in it is not ours, and keeps it.</summary>
    private static void RemoveEmpty(PrivateFolder copies)
    {
        try
        {
            copies.Disk.RemoveFolder(copies.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is something in it, or it is not there.
        }
    }

    private static string NameOf(string digest) => digest.Length <= NameLength ? digest : digest[..NameLength];

    private static bool IsWhole(PrivateFolder copy, PluginManifest manifest)
    {
        try
        {
            string file = copy.File(PluginManifest.FileName).Path;
            if (!PluginFiles.DigestOf(file, copy.Disk).Equals(manifest.Digest, StringComparison.Ordinal)) return false;
            PluginVerification.CheckFiles(copy.Path, PluginFiles.In(copy.Path, copy.Disk), manifest, copy.Disk);
            return true;
        }
        catch (Exception e) when (e is PluginRejectedException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void CopyFiles(string from, PrivateFolder to, IEnumerable<string> files)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal) { to.Path };
        foreach (string file in files)
        {
            string folder = to.Path;
            foreach (string segment in file.Split('/')[..^1])
                if (folders.Add(folder = Path.Combine(folder, segment))) to.Disk.MakeFolder(folder);
            to.Disk.Copy(Path.Combine(from, file), Path.Combine(to.Path, file));
        }

        foreach (string folder in folders) to.Disk.SyncFolder(folder);
    }
}
