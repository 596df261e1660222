using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Outbox;

/// <summary>All owners and lanes of an outbox. Lanes have a number that they keep, so that frames are small.</summary>
internal sealed class LaneBook
{
    private const int MaxNameLength = 256;
    private readonly Dictionary<string, OwnerState> _byName = new(StringComparer.Ordinal);
    private readonly List<OwnerState> _owners = [];
    private readonly Dictionary<int, LaneState> _byNumber = [];
    private readonly List<LaneState> _lanes = [];
    private int _nextNumber = 1;

    /// <summary>In the order in which they became known.</summary>
    public IReadOnlyList<OwnerState> Owners => _owners;

    public IReadOnlyList<LaneState> Lanes => _lanes;

    /// <summary>Bytes that wait in all lanes.</summary>
    public long Bytes { get; private set; }

    /// <summary>The epochs that their items are numbered in.</summary>
    public EpochBook Epochs { get; } = new();

    /// <summary>The oldest epoch of which something waits.</summary>
    public int OldestEpoch => Lanes.Where(lane => lane.Parts.Count > 0).Select(lane => lane.Parts[0].FirstEpoch)
        .Append(Epochs.Current.Number).Min();

    public bool TryFind(string owner, [NotNullWhen(true)] out OwnerState? found) => _byName.TryGetValue(owner, out found);

    public LaneState? Find(int number) => _byNumber.GetValueOrDefault(number);

    /// <summary>Adds an owner that is not known, with two lanes.</summary>
    /// <exception cref="ArgumentException">It has no name, or one that is too long.</exception>
    public OwnerState Add(string? name) => name is { Length: >= 1 and <= MaxNameLength }
        ? Add(name, _nextNumber)
        : throw new ArgumentException($"An owner has 1 to {MaxNameLength} characters, this one has {name?.Length ?? 0}.", nameof(name));

    /// <summary>Adds an owner whose live lane has this number; its backfill lane has the next.</summary>
    /// <exception cref="InvalidDataException">The owner or the number is known.</exception>
    public OwnerState Add(string name, int number)
    {
        var owner = new OwnerState(name, this);
        if (number < 1 || _byNumber.ContainsKey(number) || _byNumber.ContainsKey(number + 1) || !_byName.TryAdd(name, owner))
            throw new InvalidDataException($"Owner '{name}' with lane {number} is there twice.");
        _owners.Add(owner);
        foreach (var kind in (ReadOnlySpan<LaneKind>)[LaneKind.Live, LaneKind.Backfill])
        {
            var lane = owner.Lanes[(int)kind] = new LaneState(number + (int)kind, new Lane(name, kind), owner);
            _byNumber.Add(lane.Number, lane);
            _lanes.Add(lane);
        }

        _nextNumber = Math.Max(_nextNumber, number + 2);
        return owner;
    }

    /// <summary>Adds the epochs and owners that only another book has. Which records wait is still to be found out.</summary>
    public void AddMissing(LaneBook other)
    {
        foreach (var epoch in other.Epochs.All) Epochs.Add(epoch);
        foreach (var owner in other.Owners.Where(owner => !_byName.ContainsKey(owner.Name)))
        {
            if (_byNumber.ContainsKey(owner.Lanes[0].Number) || _byNumber.ContainsKey(owner.Lanes[1].Number)) continue;
            var added = Add(owner.Name, owner.Lanes[0].Number);
            added.Raise(owner);
            foreach (var lane in added.Lanes) lane.Next = lane.Front;
        }
    }

    /// <summary>Takes over what another book knows of later.</summary>
    /// <returns>Whether it knows of numbers that this one does not.</returns>
    public bool Raise(LaneBook other)
    {
        bool isLater = false;
        foreach (var owner in other.Owners)
        {
            if (!TryFind(owner.Name, out var own)) continue;
            isLater |= own.Lanes.Zip(owner.Lanes).Any(lanes => lanes.Second.Next > lanes.First.Next);
            own.Raise(owner);
        }

        return isLater;
    }

    public void AddBytes(long bytes) => Bytes += bytes;
}
