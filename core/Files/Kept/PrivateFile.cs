namespace BridgeFramework.Files;

/// <summary>A small file that is replaced as a whole: after a crash or a power cut it holds the old content
/// or the new, never half of either.</summary>
/// <remarks>Only its owner can read it, from its first byte on. One caller at a time writes it; reading is safe meanwhile.</remarks>
public sealed class PrivateFile
{
    /// <summary>The end of the name under which new content is written before it takes the place of the old.</summary>
    public const string Draft = ".writing";

    private readonly PrivateFolder _folder;
    private readonly string _name;

    internal PrivateFile(PrivateFolder folder, string name) => (_folder, _name, Path) = (folder, name, PathSegment.Join(folder.Path, name));

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Whether it is there.</summary>
    /// <exception cref="IOException">That cannot be said.</exception>
    public bool Exists => _folder.Disk.Find(Path) is not null;

    /// <summary>A file on the machine's disk.</summary>
    /// <param name="path">Its path.</param>
    public static PrivateFile At(string path) => At(path, LocalDisk.Instance);

    /// <summary>A file on some disk.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="disk">The disk.</param>
    /// <exception cref="ArgumentException">It is the path of a root, and no file's.</exception>
    public static PrivateFile At(string path, IDisk disk)
    {
        string full = System.IO.Path.GetFullPath(path);
        return System.IO.Path.GetDirectoryName(full) is { } folder
            ? new PrivateFolder(folder, disk).File(System.IO.Path.GetFileName(full))
            : throw new ArgumentException($"'{path}' is the path of no file.", nameof(path));
    }

    /// <summary>Reads it.</summary>
    /// <param name="maxLength">More bytes than this are not read: such a file is not ours.</param>
    /// <returns>What it holds; <see langword="null"/> where it is not there.</returns>
    /// <exception cref="IOException">It cannot be read, has more bytes, or is no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public byte[]? TryRead(int maxLength)
    {
        try
        {
            using var file = _folder.Disk.Open(Path, DiskAccess.Read);
            long length = file.Length;
            if (length > maxLength) throw new IOException($"'{Path}' has {length} bytes, where {maxLength} would be many.");
            byte[] content = new byte[length];
            int read = file.Read(0, content);
            return read == length ? content : content[..read];
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Puts other content in its place, or makes it. Safe when this returns.</summary>
    /// <param name="content">What it is to hold.</param>
    /// <exception cref="IOException">The disk is full or broken. It holds the old content; the new, only where the last step failed, the
    /// sync of the folder.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; what it held is still there.</exception>
    public void Replace(ReadOnlySpan<byte> content) => Replace(content, CancellationToken.None);

    /// <summary>Does the same on a thread of its own: a disk may be busy for seconds, and the pool of a small
    /// machine has one or two threads.</summary>
    /// <param name="content">What it is to hold; not to be changed meanwhile.</param>
    /// <param name="cancellationToken">Gives up, as long as the old content is still there; then it stays.</param>
    /// <inheritdoc cref="Replace(ReadOnlySpan{byte})"/>
    public Task ReplaceAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => Replace(content.Span, cancellationToken),
        CancellationToken.None,
        // Whoever waits goes on in the pool: no code of a plugin runs on a thread that ends.
        TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously,
        TaskScheduler.Default);

    /// <summary>Makes sure that what it holds, or that it is not there, outlives a power cut.</summary>
    /// <remarks>
    /// For whoever read it, and will do what cannot be undone because of it: a process that was killed may have replaced it, and not have
    /// come to the sync of the folder.
    /// </remarks>
    /// <exception cref="IOException">The disk does not do it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public void MakeSafe()
    {
        _folder.Make();
        _folder.Sync();
    }

    /// <summary>Deletes it; harmless where it is not there. Safe when this returns.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be deleted.</exception>
    public void Delete()
    {
        _folder.Disk.Delete(Path);
        // Even if it was not there: an earlier process may have been killed before it came to that.
        if (_folder.Disk.Find(_folder.Path) is not null) _folder.Sync();
    }

    private void Replace(ReadOnlySpan<byte> content, CancellationToken cancellationToken)
    {
        var disk = _folder.Disk;
        string draft = PathSegment.Join(_folder.Path, _name + Draft);
        _folder.Make();
        disk.Delete(draft); // what a killed process left
        try
        {
            using (var file = disk.Open(draft, DiskAccess.Create))
            {
                file.Write(0, content);
                file.Sync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            disk.Rename(draft, Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            DeleteQuietly(draft);
            throw;
        }

        // Without it the old content could come back, and with it what was done since would be forgotten.
        _folder.Sync();
    }

    private void DeleteQuietly(string draft)
    {
        try
        {
            _folder.Disk.Delete(draft);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next one that is written takes its place.
        }
    }
}
