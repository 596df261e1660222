namespace BridgeFramework.Files;

/// <summary>The machine's own disk.</summary>
public sealed class LocalDisk : IDisk
{
    private LocalDisk()
    {
    }

    /// <summary>The one there is; it has no state.</summary>
    public static LocalDisk Instance { get; } = new();

    /// <inheritdoc/>
    public DiskEntry? Find(string path) => EntryLook.At(path);

    /// <inheritdoc/>
    public IEnumerable<DiskEntry> List(string folder)
    {
#pragma warning disable RS0030 // What everybody else uses instead: it reads one level only, and looks at nothing that a name leads to.
        foreach (string path in Directory.EnumerateFileSystemEntries(folder))
#pragma warning restore RS0030
            yield return EntryLook.At(path) ?? new DiskEntry(Path.GetFileName(path), EntryKind.Unknown, Length: 0, Written: default);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Names(string folder)
    {
#pragma warning disable RS0030 // As for List.
        foreach (string path in Directory.EnumerateFileSystemEntries(folder))
#pragma warning restore RS0030
            yield return Path.GetFileName(path);
    }

    /// <summary>Has what two names stand for change places, at one moment; links are not followed. Safe once the folders of both are
    /// synced.</summary>
    /// <param name="path">The one.</param>
    /// <param name="other">The other, on the same disk.</param>
    /// <returns><see langword="false"/> where the system or the file system cannot do so; nothing has changed then.</returns>
    /// <exception cref="IOException">The disk does not do it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be done.</exception>
    public static bool TryExchange(string path, string other)
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            if (LibC.Rename(LibC.Here, path, LibC.Here, other, LibC.Exchange) == 0) return true;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // of an older C library
        }

        return LibC.FailedWith(LibC.InvalidArgument) || LibC.FailedWith(LibC.NoSuchCall) ? false
            : throw LibC.Failure(path, $"cannot change places with '{other}'");
    }

    /// <inheritdoc/>
    public IDiskFile Open(string path, DiskAccess access) => new LocalDiskFile(access switch
    {
        DiskAccess.Create => PrivateOptions.Open(path, FileMode.CreateNew, FileShare.Read),
        _ => RegularFile.Open(path, access == DiskAccess.Read ? FileAccess.Read : FileAccess.ReadWrite),
    });

    /// <inheritdoc/>
    public void Rename(string path, string newPath)
    {
#pragma warning disable RS0030 // This is what everybody else uses instead.
        if (EntryLook.At(path)?.Kind == EntryKind.Folder) Directory.Move(path, newPath);
        else File.Move(path, newPath, overwrite: true);
#pragma warning restore RS0030
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        if (EntryLook.At(path) is not null) File.Delete(path); // which objects to a folder that is not there
    }

    /// <inheritdoc/>
    public void MakeFolder(string folder) => PrivateOptions.MakeFolder(folder);

    /// <inheritdoc/>
    public void RemoveFolder(string folder) => Directory.Delete(folder);

    /// <inheritdoc/>
    public void SyncFolder(string folder) => FolderSync.Sync(folder);
}
