namespace BridgeFramework.IotHub;

/// <summary>Replaces a file as a whole: after a power cut it holds the old content or the new, never half of either.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside the file, flushes to the disk, renames over it. Owner-only.</summary>
    /// <exception cref="IOException">The disk is full or broken; the old file is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string target = Path.GetFullPath(path);
        if (Path.GetDirectoryName(target) is { } folder) Directory.CreateDirectory(folder);
        string draft = $"{target}.{Guid.NewGuid():N}.tmp"; // created anew: a link planted there is not followed
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(draft, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, target, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }
}
