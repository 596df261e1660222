namespace BridgeFramework.Plugins;

/// <summary>Says when an entry of the drop folder has come to rest, however it arrives: copied at once,
/// slowly, or moved in. Pure logic.</summary>
/// <remarks>Times are milliseconds of one clock that never goes back.</remarks>
internal sealed class SettleClock
{
    /// <summary>What does not change for this long is looked into.</summary>
    public const long Quiet = 1000;

    /// <summary>What does not change for this long is all there will be.</summary>
    public const long Patience = 10_000;

    /// <summary>What is not there for this long is gone; a version is often replaced by removing it first.</summary>
    public const long Absence = 5000;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Whether something may have to be told before the folder changes again.</summary>
    public bool IsWaiting => _entries.Values.Any(entry => entry.Told != Told.All || entry.GoneSince is not null);

    /// <summary>Takes note of how the folder looks.</summary>
    /// <param name="seen">Its entries.</param>
    /// <param name="now">The time.</param>
    /// <returns>What has happened, each thing once.</returns>
    public IReadOnlyList<DropChange> Observe(IReadOnlyDictionary<string, DropSignature> seen, long now)
    {
        List<DropChange> changes = [];
        foreach (var (name, signature) in seen)
        {
            if (!_entries.TryGetValue(name, out var entry) || entry.Signature != signature)
                _entries[name] = entry = new Entry(signature, now);
            entry.GoneSince = null;
            long quiet = now - entry.Since;
            if (quiet >= Patience && entry.Told != Told.All) changes.Add(Tell(name, entry, Told.All, DropChangeKind.Final));
            else if (quiet >= Quiet && entry.Told == Told.Nothing) changes.Add(Tell(name, entry, Told.Settled, DropChangeKind.Settled));
        }

        foreach (var (name, entry) in _entries)
        {
            if (seen.ContainsKey(name)) continue;
            entry.GoneSince ??= now;
            if (now - entry.GoneSince < Absence) continue;
            _entries.Remove(name);
            changes.Add(new DropChange(name, DropChangeKind.Gone));
        }

        return changes;
    }

    /// <summary>There is nothing more to tell of an entry until it changes.</summary>
    public void Done(string name)
    {
        if (_entries.TryGetValue(name, out var entry)) entry.Told = Told.All;
    }

    /// <summary>An entry is told of again, as if it had just come.</summary>
    public void Again(string name) => _entries[name] = new Entry(default, since: 0);

    /// <summary>An entry is known from elsewhere: if it is not there any more it is told as gone, though it was never seen.</summary>
    public void Expect(string name) => _entries.TryAdd(name, new Entry(default, since: 0));

    private static DropChange Tell(string name, Entry entry, Told told, DropChangeKind kind)
    {
        entry.Told = told;
        return new DropChange(name, kind);
    }

    private enum Told
    {
        Nothing,
        Settled,
        All,
    }

    private sealed class Entry(DropSignature signature, long since)
    {
        public DropSignature Signature => signature;
        public long Since => since;
        public long? GoneSince { get; set; }
        public Told Told { get; set; }
    }
}
