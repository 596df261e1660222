using System.Text.Json;

namespace BridgeFramework;

/// <summary>A device that was heard of and is not configured.</summary>
public sealed record DiscoveredDevice
{
    /// <summary>What names it on this channel for good: a hardware address, a unit id. At most 128 characters.</summary>
    public required string Address { get; init; }

    /// <summary>What it says it is, for the operator's list.</summary>
    public string? Model { get; init; }

    /// <summary>How well it is heard, in dBm; <see langword="null"/> where that has no meaning.</summary>
    public int? SignalStrength { get; init; }

    /// <summary>Sub-device settings that would make it one, or <see langword="null"/> where they cannot be told.</summary>
    public JsonElement? Settings { get; init; }
}
