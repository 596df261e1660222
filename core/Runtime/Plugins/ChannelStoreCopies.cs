namespace BridgeFramework.Runtime;

/// <summary>Copies of the stores of a plugin's channels, made before another version takes over, so that the old one finds them as it left them.</summary>
/// <param name="stores">The folder with a folder for each channel's store.</param>
/// <param name="copies">The folder for the copies, with a folder for each plugin.</param>
internal sealed class ChannelStoreCopies(string stores, string copies)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Copies the stores as they are. Nothing may write to them meanwhile.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Save(string plugin, IEnumerable<string> channels)
    {
        Delete(plugin);
        foreach (string channel in channels) CopyFolder(Path.Combine(stores, channel), Path.Combine(copies, plugin, channel));
    }

    /// <summary>Puts the stores back as they were. May be repeated after a crash in the middle.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be written.</exception>
    public void Restore(string plugin, IEnumerable<string> channels)
    {
        foreach (string channel in channels)
        {
            string store = Path.Combine(stores, channel);
            if (Directory.Exists(store)) Directory.Delete(store, recursive: true);
            CopyFolder(Path.Combine(copies, plugin, channel), store);
        }
    }

    /// <summary>Removes the copies; harmless where there are none.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be written.</exception>
    public void Delete(string plugin)
    {
        string folder = Path.Combine(copies, plugin);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>A store that does not exist has an empty copy, and the other way round.</summary>
    private static void CopyFolder(string from, string to)
    {
        CreateFolder(to);
        if (!Directory.Exists(from)) return;
        foreach (string file in Directory.EnumerateFiles(from)) CopyFile(file, Path.Combine(to, Path.GetFileName(file)));
        FolderSync.Sync(to);
    }

    private static void CopyFile(string from, string to)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var source = File.OpenRead(from);
        using var copy = new FileStream(to, options);
        source.CopyTo(copy);
        copy.Flush(flushToDisk: true);
    }

    private static void CreateFolder(string folder)
    {
        if (Path.GetDirectoryName(folder) is { } parent && !Directory.Exists(parent)) CreateFolder(parent);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly);
    }
}
