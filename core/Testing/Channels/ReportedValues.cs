namespace BridgeFramework.Testing;

/// <summary>One call of <see cref="IChannel.ReportAsync"/>.</summary>
public sealed record ReportedValues
{
    /// <summary>The sub-device.</summary>
    public required SubDevice Device { get; init; }

    /// <summary>A copy of what was reported.</summary>
    public required IReadOnlyList<PointValue> Values { get; init; }

    /// <summary>Gives what was reported of a point.</summary>
    /// <param name="point">Its name.</param>
    /// <exception cref="KeyNotFoundException">Nothing was.</exception>
    public PointValue this[string point] => Find(point) ?? throw new KeyNotFoundException($"The report says nothing of '{point}'.");

    /// <summary>Gives what was reported of a point, or <see langword="null"/>.</summary>
    /// <param name="point">Its name.</param>
    public PointValue? Find(string point)
    {
        foreach (var value in Values) if (string.Equals(value.Point.Name, point, StringComparison.Ordinal)) return value;
        return null;
    }
}
