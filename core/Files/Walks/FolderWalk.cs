namespace BridgeFramework.Files;

/// <summary>Walks through a folder that somebody else has filled: follows no link, opens nothing, and stops
/// at a bound before anything is sorted.</summary>
public static class FolderWalk
{
    /// <summary>Walks through a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="bounds">Where to stop.</param>
    /// <param name="disk">The disk that it is on; by default the machine's.</param>
    /// <returns>What is in it. A folder in it that cannot be read is one fault, and its neighbours are found all the same.</returns>
    /// <exception cref="DirectoryNotFoundException">It is not there.</exception>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    public static FolderContent Read(string folder, WalkBounds bounds, IDisk? disk = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(bounds);
        // "x/." would be looked at behind the link x.
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var walk = new Walk(disk ?? LocalDisk.Instance, bounds);
        walk.Run(root);
        return walk.Found();
    }

    private sealed class Walk(IDisk disk, WalkBounds bounds)
    {
        private readonly List<FoundFile> _files = [];
        private readonly List<FoundFolder> _entered = [];
        private readonly List<WalkFault> _faults = [];
        private readonly Queue<(string Path, string Prefix, int Depth)> _folders = [];
        private WalkLimit? _stoppedAt;
        private int _entries;
        private long _bytes;

        public void Run(string root)
        {
            var entry = disk.Find(root) ?? throw new DirectoryNotFoundException($"Folder '{root}' is not there.");
            if (entry.Kind == EntryKind.Folder) Enter(root, "", 1, entry.Access);
            else Refuse("", entry.Kind);
            while (_stoppedAt is null && _folders.TryDequeue(out var folder)) Look(folder.Path, folder.Prefix, folder.Depth);
        }

        public FolderContent Found()
        {
            _files.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
            _faults.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
            _entered.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
            return new FolderContent { Files = _files, Folders = _entered, Faults = _faults, StoppedAt = _stoppedAt };
        }

        private void Look(string folder, string prefix, int depth)
        {
            try
            {
                foreach (var entry in disk.List(folder))
                {
                    if (++_entries > bounds.Entries) _stoppedAt = WalkLimit.Entries;
                    else Take(entry, folder, prefix, depth);
                    if (_stoppedAt is not null) return;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _faults.Add(new WalkFault(prefix.TrimEnd('/'), EntryKind.Folder, $"cannot be read ({exception.Message.TrimEnd('.')})"));
            }
        }

        private void Take(DiskEntry entry, string folder, string prefix, int depth)
        {
            string path = prefix + entry.Name;
            switch (entry.Kind)
            {
                case EntryKind.File when (_bytes += entry.Length) > bounds.Bytes:
                    _stoppedAt = WalkLimit.Bytes;
                    break;
                case EntryKind.File:
                    _files.Add(new FoundFile(path, entry.Length, entry.Written) { Access = entry.Access });
                    break;
                case EntryKind.Folder when depth >= bounds.Depth:
                    _stoppedAt = WalkLimit.Depth;
                    break;
                case EntryKind.Folder:
                    Enter(Path.Combine(folder, entry.Name), $"{path}/", depth + 1, entry.Access);
                    break;
                default:
                    Refuse(path, entry.Kind);
                    break;
            }
        }

        private void Enter(string folder, string prefix, int depth, EntryAccess? access)
        {
            _entered.Add(new FoundFolder(prefix.TrimEnd('/'), access));
            _folders.Enqueue((folder, prefix, depth));
        }

        private void Refuse(string path, EntryKind kind) => _faults.Add(new WalkFault(path, kind, kind switch
        {
            EntryKind.Link => "is a link",
            EntryKind.Special => "is a FIFO, a socket or a device",
            EntryKind.File => "is a file",
            _ => "is gone again, or has a name that cannot be read",
        }));
    }
}
