namespace BridgeFramework.Plugins;

/// <summary>The copy that a plugin runs from, named after its manifest's digest, which covers every file: whatever happens to the dropped folder, the code in use stays whole.</summary>
/// <remarks>
/// On Linux a loaded assembly is mapped: bytes written over the file are bytes written over the running code.
/// </remarks>
internal static class PrivateCopy
{
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Unfinished = ".copy-";

    /// <summary>128 bits name a build well enough, and paths stay short.</summary>
    private const int NameLength = 32;

    /// <summary>Gives the folder of the copy within <paramref name="runFolder"/>; an intact earlier copy is used again.</summary>
    /// <param name="folder">The plugin's folder, which has been checked.</param>
    /// <param name="manifest">Its manifest as it was then. The copy is held against it: what was checked is what runs.</param>
    /// <param name="runFolder">Where the copies of all plugins are.</param>
    /// <exception cref="PluginRejectedException">The files changed meanwhile, or cannot be copied; this is the only exception.</exception>
    public static string Make(string folder, PluginManifest manifest, string runFolder)
    {
        try
        {
            string pluginRunFolder = Path.Combine(runFolder, manifest.Id);
            // One by one: the mode is given to the last folder of a path only.
            CreateFolder(runFolder);
            CreateFolder(pluginRunFolder);
            string name = manifest.Digest[..NameLength];
            string target = PathOf(runFolder, manifest.Id, manifest.Digest);
            if (Directory.Exists(target))
            {
                // A power cut may have left a folder whose bytes never reached the disk.
                if (IsWhole(target, manifest)) return target;
                Directory.Delete(target, recursive: true);
            }

            string unfinished = Path.Combine(pluginRunFolder, $"{Unfinished}{name}");
            if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
            CreateFolder(unfinished);
            foreach (string file in manifest.Files.Keys.Append(PluginManifest.FileName)) CopyFile(folder, unfinished, file);
            if (!IsWhole(unfinished, manifest))
            {
                Directory.Delete(unfinished, recursive: true);
                throw new PluginRejectedException(
                    "its files changed while they were being read", "wait until the folder is copied completely, then start again", mayBeIncomplete: true);
            }

            Directory.Move(unfinished, target);
            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PluginRejectedException.Unreadable(e);
        }
    }

    /// <summary>Where the copy of a version is, or would be.</summary>
    public static string PathOf(string runFolder, string id, string digest) => Path.Combine(runFolder, id, digest[..NameLength]);

    /// <summary>Removes the copies of a plugin but those of some versions.</summary>
    public static void RemoveOthers(string runFolder, string id, IEnumerable<string> kept)
    {
        string folder = Path.Combine(runFolder, id);
        if (!Directory.Exists(folder)) return;
        var names = kept.Select(digest => digest[..NameLength]).ToHashSet(StringComparer.Ordinal);
        foreach (string copy in Directory.EnumerateDirectories(folder))
            if (!names.Contains(Path.GetFileName(copy))) Remove(copy);
        if (names.Count == 0) Remove(folder);
    }

    /// <summary>Removes a folder. What cannot be removed is left for the next time.</summary>
    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // On Windows the old version's files are locked while its unload is under way.
        }
    }

    private static bool IsWhole(string copy, PluginManifest manifest)
    {
        try
        {
            if (!PluginFiles.DigestOf(Path.Combine(copy, PluginManifest.FileName)).Equals(manifest.Digest, StringComparison.Ordinal)) return false;
            PluginVerification.CheckFiles(copy, PluginFiles.In(copy), manifest);
            return true;
        }
        catch (Exception e) when (e is PluginRejectedException or IOException)
        {
            return false;
        }
    }

    /// <summary>Makes a folder that is the owner's alone.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnlyFolder);
    }

    private static void CopyFile(string from, string to, string file)
    {
        // One by one, see above.
        string folder = to;
        foreach (string segment in file.Split('/')[..^1]) CreateFolder(folder = Path.Combine(folder, segment));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnlyFile;
        using var source = File.OpenRead(Path.Combine(from, file));
        using var copy = new FileStream(Path.Combine(to, file), options);
        source.CopyTo(copy);
    }
}
