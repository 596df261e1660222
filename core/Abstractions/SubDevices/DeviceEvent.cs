namespace BridgeFramework;

/// <summary>Something that happened at a sub-device: a button, an alarm, a fault.</summary>
public sealed record DeviceEvent
{
    /// <summary>The event's name: 1 to 64 of <c>A-Z a-z 0-9 _ -</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How grave it is.</summary>
    public EventLevel Level { get; init; }

    /// <summary>What belongs to it: at most 256 entries, and with their names at most 16 KiB in all: text as UTF-8, bytes as they are,
    /// every other value as 8 bytes.</summary>
    public IReadOnlyDictionary<string, Variant> Data { get; init; } = new Dictionary<string, Variant>(StringComparer.Ordinal);

    /// <summary>When the device says it happened, or <see langword="null"/> for "now".</summary>
    public DateTimeOffset? Time { get; init; }
}
