namespace BridgeFramework.Runtime;

/// <summary>Replaces a small file as a whole: after a crash or a loss of power it holds the old content or the new, never half of either.</summary>
internal static class DurableFile
{
    private const string Draft = ".writing";

    /// <summary>Writes beside the file, syncs, renames over it. Only the owner may read it.</summary>
    /// <exception cref="IOException">It cannot be written; what it held is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!; // a file is in a folder
        Directory.CreateDirectory(folder);
        string draft = path + Draft;
        File.Delete(draft); // what a killed gateway left
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
        FolderSync.Sync(folder);
    }
}
