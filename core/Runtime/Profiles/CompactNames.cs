namespace BridgeFramework.Runtime;

/// <summary>The names of a message, each once, as JSON texts with commas between.</summary>
internal sealed class CompactNames
{
    private readonly CompactWriter _json = new(1024);
    private readonly List<byte[]> _names = [];
    private readonly Dictionary<int, int> _byHash = [];

    public int Length => _json.Length;

    public ReadOnlySpan<byte> Written => _json.Written;

    /// <summary>How many there are and how long they are. Set back, those added since are forgotten.</summary>
    public (int Count, int Length) Mark
    {
        get => (_names.Count, _json.Length);
        set
        {
            for (int i = value.Count; i < _names.Count; i++)
                if (_byHash.GetValueOrDefault(HashOf(_names[i]), -1) == i) _byHash.Remove(HashOf(_names[i]));
            _names.RemoveRange(value.Count, _names.Count - value.Count);
            _json.Length = value.Length;
        }
    }

    public void Clear() => Mark = (0, 0);

    /// <summary>The place of a name, which is added if it is new.</summary>
    /// <param name="name">The name, UTF-8.</param>
    /// <param name="guess">Where it probably is; -1 for anywhere.</param>
    public int IndexOf(ReadOnlySpan<byte> name, int guess)
    {
        if (guess >= 0 && guess < _names.Count && name.SequenceEqual(_names[guess])) return guess;
        int hash = HashOf(name);
        if (_byHash.TryGetValue(hash, out int known))
        {
            if (name.SequenceEqual(_names[known])) return known;
            // Another name with the same hash: rare enough to be looked for one by one.
            for (int i = 0; i < _names.Count; i++)
                if (name.SequenceEqual(_names[i])) return i;
        }

        if (_names.Count > 0) _json.Raw(","u8);
        _json.Text(name);
        _names.Add(name.ToArray());
        _byHash.TryAdd(hash, _names.Count - 1);
        return _names.Count - 1;
    }

    private static int HashOf(ReadOnlySpan<byte> name)
    {
        var hash = new HashCode();
        hash.AddBytes(name);
        return hash.ToHashCode();
    }
}
