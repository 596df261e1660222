namespace BridgeFramework.Testing;

/// <summary>One call of <see cref="IChannel.ReportAsync"/>.</summary>
public sealed record DeviceReport
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

/// <summary>One call of <see cref="IChannel.SetPresence"/>.</summary>
/// <param name="Device">The sub-device.</param>
/// <param name="Presence">What was said.</param>
/// <param name="Reason">Why.</param>
public sealed record PresenceChange(SubDevice Device, Presence Presence, string? Reason);

/// <summary>One call of <see cref="IChannel.ReportEventAsync"/>.</summary>
/// <param name="Device">The sub-device.</param>
/// <param name="Event">What happened.</param>
public sealed record ReportedEvent(SubDevice Device, DeviceEvent Event);

/// <summary>One call of <see cref="IChannel.RecordFrame"/>.</summary>
/// <param name="Direction">Sent or received.</param>
/// <param name="Bytes">A copy of the frame.</param>
public sealed record RecordedFrame(FrameDirection Direction, ReadOnlyMemory<byte> Bytes);
