namespace BridgeFramework.Files;

/// <summary>Copies regular files.</summary>
public static class FileCopy
{
    /// <summary>Copies a file to a name that is not taken. Its bytes are safe when this returns, its name
    /// once the folder is synced.</summary>
    /// <param name="disk">The disk of both.</param>
    /// <param name="path">The file.</param>
    /// <param name="newPath">The copy; its owner's alone.</param>
    /// <exception cref="IOException">It cannot be read, is no regular file, or the disk is full or broken.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or the folder may not be written.</exception>
    public static void Copy(this IDisk disk, string path, string newPath)
    {
        ArgumentNullException.ThrowIfNull(disk);
        using var source = disk.Open(path, DiskAccess.Read);
        using var copy = disk.Open(newPath, DiskAccess.Create);
        long length = 0;
        source.ReadAll(piece =>
        {
            copy.Write(length, piece.Span);
            length += piece.Length;
        });
        copy.Sync();
    }
}
