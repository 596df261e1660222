namespace BridgeFramework.Disks;

/// <summary>A file or a folder, as the system has it and as it would be found after a power cut.</summary>
internal abstract class FakeNode;

/// <summary>A folder: names that the system has, and names that are safe.</summary>
internal sealed class FakeFolder : FakeNode
{
    public SortedDictionary<string, FakeNode> Live { get; private init; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, FakeNode> Safe { get; private init; } = new(StringComparer.Ordinal);

    public void Sync()
    {
        Safe.Clear();
        foreach (var (name, node) in Live) Safe.Add(name, node);
    }

    /// <summary>The folder after a power cut: of each change of a name that was not synced, chance says whether it is there.</summary>
    public FakeFolder WithoutPower(Survival survives, Dictionary<FakeNode, FakeNode> done)
    {
        var left = new FakeFolder();
        done.Add(this, left);
        foreach (string name in Live.Keys.Union(Safe.Keys, StringComparer.Ordinal))
        {
            var (live, safe) = (Live.GetValueOrDefault(name), Safe.GetValueOrDefault(name));
            if ((live == safe || survives.Next() ? live : safe) is { } node) left.Live.Add(name, After(node, survives, done));
        }

        left.Sync();
        return left;
    }

    public FakeFolder Clone(Dictionary<FakeNode, FakeNode> done)
    {
        var clone = new FakeFolder();
        done.Add(this, clone);
        foreach (var (name, node) in Live) clone.Live.Add(name, CopyOf(node));
        foreach (var (name, node) in Safe) clone.Safe.Add(name, CopyOf(node));
        return clone;

        FakeNode CopyOf(FakeNode node)
        {
            if (done.TryGetValue(node, out var known)) return known;
            if (node is FakeFolder folder) return folder.Clone(done);
            var copy = ((FakeFile)node).Clone();
            done.Add(node, copy);
            return copy;
        }
    }

    private static FakeNode After(FakeNode node, Survival survives, Dictionary<FakeNode, FakeNode> done)
    {
        if (done.TryGetValue(node, out var known)) return known; // by another name
        if (node is FakeFolder folder) return folder.WithoutPower(survives, done);
        var left = ((FakeFile)node).WithoutPower(survives);
        done.Add(node, left);
        return left;
    }
}

/// <summary>The bytes of a file.</summary>
internal sealed class FakeFile : FakeNode
{
    private const int Block = 512;
    private byte[] _live = [];
    private byte[] _safe = [];

    public int Length { get; private set; }

    public DateTime Written { get; set; }

    /// <summary>Bytes that a sync would have to write.</summary>
    public int Unsynced => Math.Max(0, Length - _safe.Length);

    public Span<byte> Live => _live.AsSpan(0, Length);

    public void Write(int offset, ReadOnlySpan<byte> bytes)
    {
        int end = offset + bytes.Length;
        if (end > _live.Length) Array.Resize(ref _live, Math.Max(end, 2 * _live.Length));
        if (offset > Length) _live.AsSpan(Length, offset - Length).Clear();
        bytes.CopyTo(_live.AsSpan(offset));
        Length = Math.Max(Length, end);
    }

    public void Truncate(int length)
    {
        if (length > Length) Write(length, []);
        else Length = length;
    }

    public void Sync() => _safe = Live.ToArray();

    public FakeFile Clone() => new() { _live = Live.ToArray(), _safe = _safe, Length = Length, Written = Written };

    /// <summary>The file after a power cut: of what was not synced each block is there or not, zeros where neither has anything.</summary>
    public FakeFile WithoutPower(Survival survives)
    {
        byte[] left = new byte[Length == _safe.Length || survives.Next() ? Length : _safe.Length];
        for (int block = 0; block < left.Length; block += Block)
        {
            var from = survives.Next() ? Live : _safe;
            if (block < from.Length) from[block..Math.Min(from.Length, Math.Min(left.Length, block + Block))].CopyTo(left.AsSpan(block));
        }

        return new FakeFile { _live = left, _safe = [.. left], Length = left.Length, Written = Written };
    }
}
