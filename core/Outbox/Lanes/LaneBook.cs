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

    /// <summary>In the order in which they became known, or left.</summary>
    public IReadOnlyList<OwnerState> Owners => _owners;

    public IReadOnlyList<LaneState> Lanes => _lanes;

    /// <summary>The number of the next lane. A segment may still have records under the number of one that is forgotten.</summary>
    public int NextNumber { get; private set; } = 1;

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
        ? Add(name, NextNumber)
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

        SkipNumbers(number + 2);
        return owner;
    }

    /// <summary>Gives no number below one to a lane any more.</summary>
    public void SkipNumbers(int next) => NextNumber = Math.Max(NextNumber, next);

    /// <summary>Has an owner leave.</summary>
    public void Leave(OwnerState owner)
    {
        (owner.HasLeft, owner.IsOpen) = (true, false);
        _owners.Remove(owner);
        _owners.Add(owner);
    }

    /// <summary>Has an owner be back, as the one that became known last; it is closed.</summary>
    public void Return(OwnerState owner)
    {
        owner.HasLeft = false;
        _owners.Remove(owner);
        _owners.Add(owner);
    }

    /// <summary>Forgets those that left longest ago, where many have: half as many as may be stay.</summary>
    /// <param name="most">How many may be.</param>
    /// <returns>Whether any is forgotten: then nobody knows which numbers it gave.</returns>
    public bool ForgetLeft(int most)
    {
        var left = _owners.Where(owner => owner is { HasLeft: true, IsDrained: true }).ToList();
        if (left.Count <= most) return false;
        var gone = left.SkipLast(most / 2).ToHashSet();
        _owners.RemoveAll(gone.Contains);
        _lanes.RemoveAll(lane => gone.Contains(lane.Owner));
        foreach (var owner in gone)
        {
            _byName.Remove(owner.Name);
            foreach (var lane in owner.Lanes) _byNumber.Remove(lane.Number);
        }

        return true;
    }

    /// <summary>Adds the epochs and owners that only another book has. Which records wait is still to be found out.</summary>
    public void AddMissing(LaneBook other)
    {
        foreach (var epoch in other.Epochs.All) Epochs.Add(epoch);
        // One with a lower number was known here, too, and is forgotten.
        int next = NextNumber;
        foreach (var owner in other.Owners.Where(owner => owner.Lanes[0].Number >= next && !_byName.ContainsKey(owner.Name)))
        {
            var added = Add(owner.Name, owner.Lanes[0].Number);
            added.HasLeft = owner.HasLeft;
            added.Raise(owner);
            foreach (var lane in added.Lanes) lane.Next = lane.Front;
        }

        SkipNumbers(other.NextNumber);
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
