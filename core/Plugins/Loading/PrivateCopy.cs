namespace BridgeFramework.Plugins;

/// <summary>The copy that a plugin runs from, named after its content: whatever happens to the dropped folder, the code in use stays whole.</summary>
/// <remarks>
/// On Linux a loaded assembly is mapped: bytes written over the file are bytes written over the running code.
/// </remarks>
internal static class PrivateCopy
{
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Unfinished = ".copy-";

    /// <summary>Gives the folder of the copy within <paramref name="runFolder"/>; an intact earlier copy is used again.</summary>
    /// <exception cref="PluginRejectedException">The files changed meanwhile.</exception>
    public static string Make(PluginContent content, string runFolder, string pluginId)
    {
        string pluginRunFolder = Path.Combine(runFolder, pluginId);
        // One by one: the mode is given to the last folder of a path only.
        CreateFolder(runFolder);
        CreateFolder(pluginRunFolder);
        string target = Path.Combine(pluginRunFolder, content.Digest);
        if (Directory.Exists(target))
        {
            // A power cut may have left a folder whose bytes never reached the disk.
            if (content.IsSameAs(target)) return target;
            Directory.Delete(target, recursive: true);
        }

        string unfinished = Path.Combine(pluginRunFolder, $"{Unfinished}{content.Digest}");
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        CreateFolder(unfinished);
        foreach (string file in content.Files) CopyFile(Path.Combine(content.Folder, file), Path.Combine(unfinished, file));
        if (!content.IsSameAs(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
            throw new PluginRejectedException("its files changed while they were being read", "wait until the folder is copied completely, then start again");
        }

        Directory.Move(unfinished, target);
        return target;
    }

    /// <summary>Removes the copies of other versions. What cannot be removed is left for the next time.</summary>
    public static void RemoveOthers(string copy)
    {
        foreach (string folder in Directory.EnumerateDirectories(Path.GetDirectoryName(copy) ?? copy))
        {
            if (folder.Equals(copy, StringComparison.Ordinal)) continue;
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // On Windows the old version's files are locked while its unload is under way.
            }
        }
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnlyFolder);
    }

    private static void CopyFile(string from, string to)
    {
        if (Path.GetDirectoryName(to) is { } folder) CreateFolder(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnlyFile;
        using var source = File.OpenRead(from);
        using var copy = new FileStream(to, options);
        source.CopyTo(copy);
    }
}
