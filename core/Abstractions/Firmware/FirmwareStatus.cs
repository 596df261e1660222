namespace BridgeFramework;

/// <summary>How a sub-device stands with its firmware.</summary>
public sealed record FirmwareStatus
{
    /// <summary>What it is doing.</summary>
    public required FirmwareState State { get; init; }

    /// <summary>The version in force, or <see langword="null"/> where the device cannot tell now.</summary>
    public string? Version { get; init; }

    /// <summary>What went wrong, where <see cref="State"/> is <see cref="FirmwareState.Failed"/>.</summary>
    public string? Reason { get; init; }
}

/// <summary>What a sub-device is doing about its firmware.</summary>
public enum FirmwareState
{
    /// <summary>It cannot be told.</summary>
    Unknown,

    /// <summary>No update is under way.</summary>
    Idle,

    /// <summary>An update is under way.</summary>
    Running,

    /// <summary>The last update failed.</summary>
    Failed,
}
