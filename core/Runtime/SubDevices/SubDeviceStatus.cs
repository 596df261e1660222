namespace BridgeFramework.Runtime;

/// <summary>How a sub-device stands, between its channel and the hub.</summary>
public sealed record SubDeviceStatus
{
    /// <summary>Which.</summary>
    public required SubDeviceId Id { get; init; }

    /// <summary>The channel it is on.</summary>
    public required string Channel { get; init; }

    /// <summary>What the channel knows of it.</summary>
    public required Presence Presence { get; init; }

    /// <summary>What the hub knows of it.</summary>
    public required CloudState Cloud { get; init; }

    /// <summary>Whether commands can reach it.</summary>
    public CommandReach Commands { get; init; }

    /// <summary>The firmware that it runs, as its driver said last since the gateway started;
    /// <see langword="null"/> if its driver has not said.</summary>
    public string? FirmwareVersion { get; init; }

    /// <summary>Whether its presence changes so often that the hub is not told any more until it has been the same for a minute.</summary>
    public bool IsFlapping { get; init; }

    /// <summary>Whether the plan does not name it any more: it stays until what waits of it is sent.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>Why, where something is not as it should be.</summary>
    public string? Reason { get; init; }
}
