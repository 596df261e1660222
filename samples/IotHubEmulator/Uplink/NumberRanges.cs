namespace BridgeFramework.IotHubEmulator;

/// <summary>Numbers, both ends included.</summary>
/// <param name="First">The lowest.</param>
/// <param name="Last">The highest.</param>
public readonly record struct NumberRange(long First, long Last)
{
    /// <summary>How many numbers.</summary>
    public long Count => Last - First + 1;

    /// <inheritdoc/>
    public override string ToString() => First == Last ? $"{First}" : $"{First}..{Last}";
}

/// <summary>A set of numbers in as little memory as it has gaps. Beyond <paramref name="capacity"/> ranges
/// the lowest gap is closed and only counted.</summary>
internal sealed class NumberRanges(int capacity)
{
    private readonly List<NumberRange> _ranges = [];

    /// <summary>How many numbers were missing in gaps that are not remembered any more.</summary>
    public long Forgotten { get; private set; }

    public long? Highest => _ranges.Count == 0 ? null : _ranges[^1].Last;

    public long? Lowest => _ranges.Count == 0 ? null : _ranges[0].First;

    /// <summary>What lies between the ranges, lowest first.</summary>
    public IEnumerable<NumberRange> Gaps
    {
        get
        {
            for (int i = 1; i < _ranges.Count; i++) yield return new NumberRange(_ranges[i - 1].Last + 1, _ranges[i].First - 1);
        }
    }

    /// <returns>Whether the number is new.</returns>
    public bool Add(long number)
    {
        int above = FirstAbove(number);   // the range before it is the only one that can hold the number
        if (above > 0 && _ranges[above - 1].Last >= number) return false;
        bool joinsLower = above > 0 && _ranges[above - 1].Last == number - 1;
        bool joinsUpper = above < _ranges.Count && _ranges[above].First == number + 1;
        if (joinsLower && joinsUpper)
        {
            _ranges[above - 1] = new NumberRange(_ranges[above - 1].First, _ranges[above].Last);
            _ranges.RemoveAt(above);
        }
        else if (joinsLower) _ranges[above - 1] = _ranges[above - 1] with { Last = number };
        else if (joinsUpper) _ranges[above] = _ranges[above] with { First = number };
        else Insert(above, number);
        return true;
    }

    private void Insert(int index, long number)
    {
        _ranges.Insert(index, new NumberRange(number, number));
        if (_ranges.Count <= capacity) return;
        Forgotten += _ranges[1].First - _ranges[0].Last - 1;
        _ranges[1] = _ranges[1] with { First = _ranges[0].First };
        _ranges.RemoveAt(0);
    }

    /// <summary>The index of the first range that begins above a number.</summary>
    private int FirstAbove(long number)
    {
        int low = 0, high = _ranges.Count;
        if (high > 0 && _ranges[^1].First <= number) return high;   // nearly always
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].First > number) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
