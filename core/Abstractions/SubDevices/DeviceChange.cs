namespace BridgeFramework;

/// <summary>A change of one sub-device: added, replaced or removed.</summary>
public sealed record DeviceChange
{
    /// <summary>The sub-device as it was, or <see langword="null"/> when it is new.</summary>
    public SubDevice? Before { get; init; }

    /// <summary>The sub-device as it is from now on, or <see langword="null"/> when it is removed.</summary>
    public SubDevice? After { get; init; }
}
