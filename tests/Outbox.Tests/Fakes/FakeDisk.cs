namespace BridgeFramework.Outbox.Tests;

/// <summary>A disk that forgets what was not synced when the power goes, and fails when it is told to.</summary>
internal sealed class FakeDisk
{
    private const int Block = 512;
    private readonly Dictionary<string, FakeFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FakeFile> _synced = new(StringComparer.Ordinal); // entries of the folder that are on the disk

    /// <summary>What goes wrong with an operation ("create", "write", "read", "sync"); null for nothing.</summary>
    public Func<string, Exception?> Fails { get; set; } = _ => null;

    public long Written { get; private set; }

    public int Syncs { get; private set; }

    public IReadOnlyDictionary<string, int> Files => _files.ToDictionary(file => file.Key, file => file.Value.Live.Count, StringComparer.Ordinal);

    /// <summary>The folder for one opener. What it does after the next <see cref="PowerLoss"/> or <see cref="Kill"/> does not count.</summary>
    public IFileLayer Mount() => new Folder(this);

    /// <summary>The process ends: all that was written stays.</summary>
    public void Kill() => Generation++;

    /// <summary>The power goes: of what was not synced each block stays or goes.</summary>
    public void PowerLoss(Random random)
    {
        Generation++;
        foreach (string name in _files.Keys.Concat(_synced.Keys).Distinct(StringComparer.Ordinal).ToList())
        {
            // A new entry, or the end of an old one, is there or not.
            var file = random.Next(2) == 0 ? _files.GetValueOrDefault(name) : _synced.GetValueOrDefault(name);
            if (_files.GetValueOrDefault(name) == _synced.GetValueOrDefault(name)) file = _files.GetValueOrDefault(name);
            _files.Remove(name);
            _synced.Remove(name);
            if (file is null) continue;
            file.LosePower(random);
            _files.Add(name, file);
            _synced.Add(name, file);
        }
    }

    /// <summary>Another disk with all that was written to this one.</summary>
    public FakeDisk Clone()
    {
        var clone = new FakeDisk();
        foreach (var (name, file) in _files) clone._files.Add(name, new FakeFile([.. file.Live]));
        return clone;
    }

    /// <summary>Changes bytes behind the outbox's back.</summary>
    public void Damage(string name, int offset, int length)
    {
        var live = _files[name].Live;
        for (int at = offset; at < Math.Min(live.Count, offset + length); at++) live[at] ^= 0x5A;
    }

    private int Generation { get; set; }

    private void Check(string operation)
    {
        if (Fails(operation) is { } exception) throw exception;
    }

    private sealed class Folder(FakeDisk disk) : IFileLayer
    {
        private readonly int _generation = disk.Generation;

        private bool IsGone => disk.Generation != _generation;

        public IReadOnlyList<string> List() => [.. disk._files.Keys];

        public ISegmentStore Create(string name)
        {
            disk.Check("create");
            var file = new FakeFile([]);
            if (!IsGone) disk._files[name] = file;
            return new Store(disk, file, this);
        }

        public ISegmentStore Open(string name) => new Store(disk, disk._files[name], this);

        public void Delete(string name)
        {
            if (!IsGone) disk._files.Remove(name);
        }

        public void SyncFolder()
        {
            disk.Check("sync");
            if (IsGone) return;
            disk._synced.Clear();
            foreach (var (name, file) in disk._files) disk._synced.Add(name, file);
        }

        public void Dispose()
        {
        }

        private sealed class Store(FakeDisk disk, FakeFile file, Folder folder) : ISegmentStore
        {
            public int Length => file.Live.Count;

            public void Write(int offset, ReadOnlySpan<byte> bytes)
            {
                disk.Check("write");
                if (folder.IsGone) return;
                disk.Written += bytes.Length;
                while (file.Live.Count < offset + bytes.Length) file.Live.Add(0);
                for (int at = 0; at < bytes.Length; at++) file.Live[offset + at] = bytes[at];
            }

            public void Read(int offset, Span<byte> bytes)
            {
                disk.Check("read");
                if (offset + bytes.Length > file.Live.Count) throw new EndOfStreamException();
                for (int at = 0; at < bytes.Length; at++) bytes[at] = file.Live[offset + at];
            }

            public void Truncate(int length)
            {
                if (!folder.IsGone) file.Live.RemoveRange(length, file.Live.Count - length);
            }

            public void Sync()
            {
                disk.Check("sync");
                if (folder.IsGone) return;
                disk.Syncs++;
                file.Synced = [.. file.Live];
            }

            public void Dispose()
            {
            }
        }
    }

    private sealed class FakeFile(List<byte> content)
    {
        public List<byte> Live { get; private set; } = content;
        public byte[] Synced { get; set; } = [];

        public void LosePower(Random random)
        {
            int length = random.Next(2) == 0 ? Live.Count : Synced.Length;
            byte[] left = new byte[length];
            for (int block = 0; block < length; block += Block)
            {
                bool isNew = random.Next(2) == 0;
                for (int at = block; at < Math.Min(length, block + Block); at++)
                {
                    byte live = at < Live.Count ? Live[at] : (byte)0;
                    byte synced = at < Synced.Length ? Synced[at] : (byte)0;
                    left[at] = isNew ? live : synced;
                }
            }

            (Live, Synced) = ([.. left], left);
        }
    }
}
