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

    /// <summary>Bytes that were new when their file was synced.</summary>
    public long SyncedBytes { get; private set; }

    /// <summary>Bytes that were read.</summary>
    public long Read { get; set; }

    public IReadOnlyDictionary<string, int> Files => _files.ToDictionary(file => file.Key, file => file.Value.Length, StringComparer.Ordinal);

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
        foreach (var (name, file) in _files) clone._files.Add(name, new FakeFile(file.Live.ToArray()));
        return clone;
    }

    /// <summary>Changes bytes behind the outbox's back.</summary>
    public void Damage(string name, int offset, int length)
    {
        var live = _files[name].Live;
        for (int at = offset; at < Math.Min(live.Length, offset + length); at++) live[at] ^= 0x5A;
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
            public int Length => file.Length;

            public void Write(int offset, ReadOnlySpan<byte> bytes)
            {
                disk.Check("write");
                if (folder.IsGone) return;
                disk.Written += bytes.Length;
                file.Write(offset, bytes);
            }

            public void Read(int offset, Span<byte> bytes)
            {
                disk.Check("read");
                if (offset + bytes.Length > file.Length) throw new EndOfStreamException();
                disk.Read += bytes.Length;
                file.Live.Slice(offset, bytes.Length).CopyTo(bytes);
            }

            public void Truncate(int length)
            {
                if (!folder.IsGone) file.Truncate(length);
            }

            public void Sync()
            {
                disk.Check("sync");
                if (folder.IsGone) return;
                disk.Syncs++;
                disk.SyncedBytes += file.Unsynced;
                file.Sync();
            }

            public void Dispose()
            {
            }
        }
    }

    private sealed class FakeFile(byte[] content)
    {
        private byte[] _live = content;
        private byte[] _synced = [];

        public int Length { get; private set; } = content.Length;

        public int Unsynced => Math.Max(0, Length - _synced.Length);

        public Span<byte> Live => _live.AsSpan(0, Length);

        public void Write(int offset, ReadOnlySpan<byte> bytes)
        {
            int end = offset + bytes.Length;
            if (end > _live.Length) Array.Resize(ref _live, Math.Max(end, 2 * _live.Length));
            if (offset > Length) _live.AsSpan(Length, offset - Length).Clear();
            bytes.CopyTo(_live.AsSpan(offset));
            Length = Math.Max(Length, end);
        }

        public void Truncate(int length) => Length = length;

        public void Sync() => _synced = Live.ToArray();

        public void LosePower(Random random)
        {
            byte[] left = new byte[random.Next(2) == 0 ? Length : _synced.Length];
            for (int block = 0; block < left.Length; block += Block)
            {
                // What is beyond the end of either is zeros.
                var from = random.Next(2) == 0 ? Live : _synced;
                if (block < from.Length) from[block..Math.Min(from.Length, Math.Min(left.Length, block + Block))].CopyTo(left.AsSpan(block));
            }

            (_live, Length, _synced) = (left, left.Length, [.. left]);
        }
    }
}
