using System.Buffers;
using System.Security.Cryptography;

namespace BridgeFramework.Outbox;

/// <summary>The present epoch, and those before it of which something may still wait.</summary>
/// <remarks>An epoch ends where the outbox cannot prove which number it gave last. Used under the outbox's lock.</remarks>
internal sealed class EpochBook
{
    private const int IdLength = 8;
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);
    private readonly SortedList<int, Epoch> _epochs = [];

    /// <summary>The epoch of what is added now.</summary>
    public Epoch Current => _epochs.Values[^1];

    /// <summary>Whether there is none yet: it has to be begun.</summary>
    public bool IsEmpty => _epochs.Count == 0;

    /// <summary>Oldest first.</summary>
    public IReadOnlyCollection<Epoch> All => _epochs.Values.AsReadOnly();

    /// <summary>Whether its present epoch began after that of another book.</summary>
    public bool IsAfter(EpochBook other) => !IsEmpty && (other.IsEmpty || Current.Number > other.Current.Number);

    /// <summary>Begins another one: from here on numbers may be any that were given before.</summary>
    public void Begin() => Add(new Epoch(IsEmpty ? 1 : Current.Number + 1, NewId(), Term: 0));

    /// <summary>Takes over one that was written down; one of the same number stays.</summary>
    /// <exception cref="InvalidDataException">It has no id that a receiver could know it by.</exception>
    public void Add(Epoch epoch)
    {
        if (epoch.Id.Length != IdLength || epoch.Id.AsSpan().ContainsAnyExcept(Letters))
            throw new InvalidDataException($"'{epoch.Id}' is the id of no epoch.");
        _epochs.TryAdd(epoch.Number, epoch);
    }

    /// <summary>Makes sure that an epoch has an id. One that a record names and that is written down nowhere gets a new one.</summary>
    /// <returns>Whether it had one.</returns>
    public bool Know(int number)
    {
        if (_epochs.ContainsKey(number)) return true;
        _epochs.Add(number, new Epoch(number, NewId(), Term: 0));
        return false;
    }

    /// <summary>What receivers know an epoch by that <see cref="Know"/> was asked of.</summary>
    public string IdOf(int number) => _epochs[number].Id;

    /// <summary>Lets go of those before one, of which nothing waits any more.</summary>
    public void Forget(int before)
    {
        while (_epochs.Count > 1 && _epochs.Keys[0] < before) _epochs.RemoveAt(0);
    }

    private static string NewId() => RandomNumberGenerator.GetString(Alphabet, IdLength);
}
