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

    public void AddBytes(long bytes) => Bytes += bytes;
}
