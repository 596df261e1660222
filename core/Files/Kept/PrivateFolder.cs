namespace BridgeFramework.Files;

/// <summary>A folder that belongs to this process and that only its owner can look into. It is made when
/// something is to be kept in it.</summary>
/// <remarks>What is said to be safe is there after a power cut, the folders that it is in included.</remarks>
public sealed class PrivateFolder
{
    private readonly PrivateFolder? _parent;
    private volatile bool _isSafe; // its name, in the folder that it is in

    /// <summary>A folder on the machine's disk.</summary>
    /// <param name="path">Its path.</param>
    public PrivateFolder(string path)
        : this(path, LocalDisk.Instance)
    {
    }

    /// <summary>A folder on some disk.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="disk">The disk.</param>
    public PrivateFolder(string path, IDisk disk)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(disk);
        (Path, Disk) = (System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)), disk);
    }

    private PrivateFolder(PrivateFolder parent, string name) =>
        (Path, Disk, _parent) = (PathSegment.Join(parent.Path, name), parent.Disk, parent);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The disk that it is on.</summary>
    public IDisk Disk { get; }

    /// <summary>A folder in it.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">The name would lead elsewhere.</exception>
    public PrivateFolder Folder(string name) => new(this, name);

    /// <summary>A file in it.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">The name would lead elsewhere.</exception>
    public PrivateFile File(string name) => new(this, name);

    /// <summary>What is in it, but for names that none of ours can have; nothing where it is not there.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public IReadOnlyList<DiskEntry> List()
    {
        try
        {
            return [.. Disk.List(Path).Where(entry => PathSegment.IsValid(entry.Name))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Makes it and the folders that it is in, unless it is there. Safe when it returns.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public void Make()
    {
        if (_isSafe && Disk.Find(Path) is not null) return;
        if (_parent is null) MakeAt(Path);
        else MakeIn(_parent);
        _isSafe = true;
    }

    /// <summary>Makes sure that a power cut takes nothing of what was made, renamed or deleted in it so far.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    public void Sync() => Disk.SyncFolder(Path);

    /// <summary>Removes it with all that is in it; harmless where it is not there. Links in it go, what they
    /// lead to stays. Safe when it returns.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    /// <exception cref="UnauthorizedAccessException">Something in it may not be removed.</exception>
    public void Delete()
    {
        if (Disk.Find(Path) is { Kind: EntryKind.Folder }) Remove(Path);
        else Disk.Delete(Path);
        // Even if nothing was there: an earlier process may have been killed before it came to that.
        if (System.IO.Path.GetDirectoryName(Path) is { } parent && Disk.Find(parent) is not null) Disk.SyncFolder(parent);
    }

    private void Remove(string folder)
    {
        foreach (var entry in Disk.List(folder).ToList())
        {
            string path = System.IO.Path.Combine(folder, entry.Name);
            if (entry.Kind == EntryKind.Folder) Remove(path);
            else Disk.Delete(path);
        }

        Disk.RemoveFolder(folder);
    }

    // Here, too, what is there may not be safe yet.
    private void MakeIn(PrivateFolder parent)
    {
        parent.Make();
        Disk.MakeFolder(Path);
        parent.Sync();
    }

    private void MakeAt(string path)
    {
        if (System.IO.Path.GetDirectoryName(path) is not { } parent) return;
        bool isThere = Disk.Find(path) is not null;
        if (!isThere) MakeAt(parent);
        Disk.MakeFolder(path);
        try
        {
            Disk.SyncFolder(parent);
        }
        catch (UnauthorizedAccessException)
        {
            // A folder that is not for us to read cannot be synced by us either.
        }
    }
}
