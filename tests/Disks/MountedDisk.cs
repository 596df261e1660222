using BridgeFramework.Files;

namespace BridgeFramework.Disks;

/// <summary>The forgetful disk as one process has it.</summary>
internal sealed class MountedDisk(ForgetfulDisk disk) : IDisk
{
    private readonly int _generation = disk.Generation;

    /// <summary>Whether this process has ended: it reads on, and changes nothing any more.</summary>
    public bool IsGone => disk.Generation != _generation;

    public DiskEntry? Find(string path)
    {
        lock (disk.Gate) return disk.NodeAt(path) is { } node ? EntryOf(Path.GetFileName(path), node) : null;
    }

    public IEnumerable<DiskEntry> List(string folder)
    {
        lock (disk.Gate)
        {
            disk.Begin(DiskOperation.Read, folder);
            return [.. FolderAt(folder).Live.Select(entry => EntryOf(entry.Key, entry.Value))];
        }
    }

    public IDiskFile Open(string path, DiskAccess access)
    {
        lock (disk.Gate)
        {
            if (access == DiskAccess.Create) return Create(path);
            disk.Begin(DiskOperation.Read, path);
            return FolderOf(path).Live.GetValueOrDefault(Path.GetFileName(path)) switch
            {
                FakeFile file => new MountedFile(disk, this, file, path),
                null => throw new FileNotFoundException($"{path} is not there.", path),
                _ => throw new IOException($"{path} is a folder."),
            };
        }
    }

    public void Rename(string path, string newPath) => Do(DiskOperation.Rename, path, () =>
    {
        var (from, to) = (FolderOf(path), FolderOf(newPath));
        var node = from.Live.GetValueOrDefault(Path.GetFileName(path)) ?? throw new FileNotFoundException($"{path} is not there.", path);
        var replaced = to.Live.GetValueOrDefault(Path.GetFileName(newPath));
        if (replaced is FakeFolder || (node is FakeFolder && replaced is not null)) throw new IOException($"{newPath} is there already.");
        from.Live.Remove(Path.GetFileName(path));
        to.Live[Path.GetFileName(newPath)] = node;
    });

    public void Delete(string path)
    {
        if (Find(path) is null) return;
        Do(DiskOperation.Delete, path, () =>
        {
            if (FolderOf(path).Live[Path.GetFileName(path)] is FakeFolder) throw new UnauthorizedAccessException($"{path} is a folder.");
            FolderOf(path).Live.Remove(Path.GetFileName(path));
        });
    }

    public void MakeFolder(string folder)
    {
        if (Path.GetDirectoryName(folder) is null || Find(folder) is { Kind: EntryKind.Folder }) return;
        Do(DiskOperation.MakeFolder, folder, () =>
        {
            if (!FolderOf(folder).Live.TryAdd(Path.GetFileName(folder), new FakeFolder())) throw new IOException($"{folder} is a file.");
        });
    }

    public void RemoveFolder(string folder) => Do(DiskOperation.RemoveFolder, folder, () =>
    {
        if (FolderAt(folder).Live.Count > 0) throw new IOException($"{folder} is not empty.");
        FolderOf(folder).Live.Remove(Path.GetFileName(folder));
    });

    public void SyncFolder(string folder) => Do(DiskOperation.SyncFolder, folder, () => FolderAt(folder).Sync());

    private MountedFile Create(string path)
    {
        disk.Begin(DiskOperation.Create, path);
        var file = new FakeFile { Written = DateTime.UnixEpoch.AddSeconds(disk.Operations) };
        if (!IsGone && !FolderOf(path).Live.TryAdd(Path.GetFileName(path), file)) throw new IOException($"{path} is there already.");
        disk.End(DiskOperation.Create);
        return new MountedFile(disk, this, file, path);
    }

    private void Do(DiskOperation operation, string path, Action act)
    {
        lock (disk.Gate)
        {
            disk.Begin(operation, path);
            if (IsGone) return;
            act();
            disk.End(operation);
        }
    }

    private FakeFolder FolderOf(string path) => FolderAt(Path.GetDirectoryName(path)!); // of the root nothing is asked

    private FakeFolder FolderAt(string path) => disk.FolderAt(path) ?? throw new DirectoryNotFoundException($"Folder {path} is not there.");

    private static DiskEntry EntryOf(string name, FakeNode node) => node is FakeFile file
        ? new DiskEntry(name, EntryKind.File, file.Length, file.Written)
        : new DiskEntry(name, EntryKind.Folder, Length: 0, Written: default);
}

/// <summary>A file of it.</summary>
internal sealed class MountedFile(ForgetfulDisk disk, MountedDisk mounted, FakeFile file, string path) : IDiskFile
{
    public long Length
    {
        get
        {
            lock (disk.Gate) return file.Length;
        }
    }

    public int Read(long offset, Span<byte> bytes)
    {
        lock (disk.Gate)
        {
            disk.Begin(DiskOperation.Read, path);
            int read = (int)Math.Clamp(file.Length - offset, 0, bytes.Length);
            if (read > 0) file.Live.Slice((int)offset, read).CopyTo(bytes);
            disk.End(DiskOperation.Read, read);
            return read;
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        lock (disk.Gate)
        {
            if (disk is { IsLast: true, TearsWrites: true } && !mounted.IsGone) file.Write((int)offset, bytes[..(bytes.Length / 2)]);
            disk.Begin(DiskOperation.Write, path);
            if (mounted.IsGone) return;
            file.Write((int)offset, bytes);
            file.Written = DateTime.UnixEpoch.AddSeconds(disk.Operations);
            disk.End(DiskOperation.Write, bytes.Length);
        }
    }

    public void Truncate(long length)
    {
        lock (disk.Gate)
        {
            disk.Begin(DiskOperation.Truncate, path);
            if (mounted.IsGone) return;
            file.Truncate((int)length);
            disk.End(DiskOperation.Truncate);
        }
    }

    public void Sync()
    {
        lock (disk.Gate)
        {
            disk.Begin(DiskOperation.Sync, path);
            if (mounted.IsGone) return;
            int bytes = file.Unsynced;
            file.Sync();
            disk.End(DiskOperation.Sync, bytes);
        }
    }

    public void Dispose()
    {
    }
}
