using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

/// <summary>The folder of an outbox, readable by its owner only: segments by their names.</summary>
internal sealed class SegmentFiles : IDisposable
{
    private const string LockName = "lock";
    private readonly PrivateFolder _folder;
    private readonly FolderLock? _claim;

    /// <param name="folder">The folder, which nobody else uses; made if it is not there.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public SegmentFiles(PrivateFolder folder)
    {
        _folder = folder;
        _folder.Make();
    }

    private SegmentFiles(PrivateFolder folder, FolderLock claim)
        : this(folder) => _claim = claim;

    /// <summary>Opens a folder for this process alone.</summary>
    /// <exception cref="IOException">The folder cannot be made, or another process has the outbox open.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be used.</exception>
    public static SegmentFiles Claim(string path)
    {
        var folder = new PrivateFolder(path);
        folder.Make();
#pragma warning disable IDISP001 // handed over
        var claim = FolderLock.TryTake(folder.File(LockName).Path)
#pragma warning restore IDISP001
            ?? throw new IOException(
                $"The outbox in {folder.Path} is in use by another process: stop that one, or give this gateway another 'data.folder'.");
        return new SegmentFiles(folder, claim);
    }

    /// <summary>Names of the files that are there.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public IReadOnlyList<string> List() => [.. _folder.List().Where(entry => entry.Kind == EntryKind.File).Select(entry => entry.Name)];

    /// <summary>Makes a file, in place of one that is there.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public IDiskFile Create(string name)
    {
        // One that is emptied instead would be written as a whole by ext4 (auto_da_alloc) when it is closed, and so would a segment that is
        // closed to be deleted because all of it was acknowledged.
        Delete(name);
        return _folder.Disk.Open(PathOf(name), DiskAccess.Create);
    }

    /// <summary>Opens a file that is there.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public IDiskFile Open(string name) => _folder.Disk.Open(PathOf(name), DiskAccess.ReadWrite);

    /// <summary>Deletes a file; harmless where there is none.</summary>
    public void Delete(string name) => _folder.Disk.Delete(PathOf(name));

    /// <summary>Makes sure that a power cut takes no name of a file that was made so far.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    public void Sync() => _folder.Sync();

    public void Dispose() => _claim?.Dispose();

    private string PathOf(string name) => _folder.File(name).Path;
}
