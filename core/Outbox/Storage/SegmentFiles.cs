using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

/// <summary>The folder of an outbox, readable by its owner only: segments by their names, and the table beside them.</summary>
internal sealed class SegmentFiles : IDisposable
{
    private const string LockName = "lock";
    private const string AsideSuffix = ".damaged";
    private const int MostAside = 4; // files; more damage says no more, and the disk is small
    private readonly PrivateFolder _folder;
    private readonly FolderLock? _claim;

    /// <param name="folder">The folder, which nobody else uses; made if it is not there.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public SegmentFiles(PrivateFolder folder)
    {
        _folder = folder;
        _folder.Make();
        Table = new TableFile(folder);
    }

    private SegmentFiles(PrivateFolder folder, FolderLock claim)
        : this(folder) => _claim = claim;

    /// <summary>How owners and lanes stood, apart from the segments.</summary>
    public TableFile Table { get; }

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

    /// <summary>Makes the file of a segment, in place of one that is there. A process that is killed before it is begun has never
    /// made it.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public IDiskFile Create(long number)
    {
        // One that is emptied instead would be written as a whole by ext4 (auto_da_alloc) when it is closed, and so would a segment that is
        // closed to be deleted because all of it was acknowledged.
        Delete(number);
        _folder.Disk.Delete(PathOf(Segment.UnbegunOf(number)));
        return _folder.Disk.Open(PathOf(Segment.UnbegunOf(number)), DiskAccess.Create);
    }

    /// <summary>Makes a file a draft: its beginning is written, and from here on it is used. It is a draft until it is named.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    public void Begin(long number) => _folder.Disk.Rename(PathOf(Segment.UnbegunOf(number)), PathOf(Segment.DraftOf(number)));

    /// <summary>Deletes a file that cannot be begun: on a full disk they would add up.</summary>
    public void Discard(long number)
    {
        try
        {
            _folder.Disk.Delete(PathOf(Segment.UnbegunOf(number)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nothing in it counts, and the next start tries again.
        }
    }

    /// <summary>Deletes what an earlier process was about to begin when it was killed.</summary>
    /// <exception cref="IOException">The folder cannot be read, or the disk does not do it.</exception>
    public void DiscardUnbegun()
    {
        foreach (string name in List().Where(Segment.IsUnbegun)) _folder.Disk.Delete(PathOf(name));
    }

    /// <summary>Opens a file that is there.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public IDiskFile Open(string name) => _folder.Disk.Open(PathOf(name), DiskAccess.ReadWrite);

    /// <summary>Makes a draft a segment: its beginning is synced. Safe once the folder is.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    public void Name(Segment draft)
    {
        try
        {
            _folder.Disk.Rename(PathOf(Segment.DraftOf(draft.Number)), PathOf(Segment.NameOf(draft.Number)));
        }
        catch (FileNotFoundException)
        {
            // Another thread was first, or nothing waits in it any more and it was deleted.
        }

        draft.IsDraft = false;
    }

    /// <summary>Deletes a segment, draft or not; harmless where there is none.</summary>
    public void Delete(long number)
    {
        // In this order: another thread may be just naming it.
        _folder.Disk.Delete(PathOf(Segment.DraftOf(number)));
        _folder.Disk.Delete(PathOf(Segment.NameOf(number)));
    }

    /// <summary>Keeps a damaged file under another name, for those who want to look; of many the last few.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    public void SetAside(Segment segment)
    {
        _folder.Disk.Rename(PathOf(segment.Name), PathOf(AsideOf(segment)));
        var kept = List().Where(each => each.EndsWith(AsideSuffix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        foreach (string old in kept.SkipLast(MostAside)) _folder.Disk.Delete(PathOf(old));
    }

    /// <summary>The name that a damaged file is kept under.</summary>
    public static string AsideOf(Segment segment) => Segment.NameOf(segment.Number) + AsideSuffix;

    /// <summary>Makes sure that a power cut takes no name of a file that was made so far.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    public void Sync() => _folder.Sync();

    public void Dispose() => _claim?.Dispose();

    private string PathOf(string name) => _folder.File(name).Path;
}
