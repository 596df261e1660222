using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>How the last firmware update of one device stands.</summary>
public sealed record FirmwareUpdateStatus
{
    /// <summary>The device: a sub-device, or the gateway itself.</summary>
    public required SubDeviceId Id { get; init; }

    /// <summary>The channel it is on; empty for the gateway itself.</summary>
    public required string Channel { get; init; }

    /// <summary>The version it is to run.</summary>
    public required string Version { get; init; }

    /// <summary>The version it ran when the update began; <see langword="null"/> where nobody knew.</summary>
    public string? From { get; init; }

    /// <summary>How far it is.</summary>
    public required UpdatePhase Phase { get; init; }

    /// <summary>What the device is doing, while it is being given the image.</summary>
    public FirmwareStage? Stage { get; init; }

    /// <summary>Bytes of the image.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes that are there: fetched while it is downloaded, at the device while it is handed over.</summary>
    public required long Bytes { get; init; }

    /// <summary>How long the image has been offered, or, from the first block on, how long the device has been at it; times without the
    /// gateway left out, and for a device that is at it those in which the maintenance window was waited for. <see langword="null"/> where
    /// neither has begun or it has ended.</summary>
    public TimeSpan? Elapsed { get; init; }

    /// <summary>How much longer that may take before the update has failed.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>When the hub gave the task.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Hand-overs that failed.</summary>
    public required int Failures { get; init; }

    /// <summary>What the hub is told.</summary>
    public required FirmwareResultCode Result { get; init; }

    /// <summary>Why it failed, or what keeps it from going on; <see langword="null"/> for nothing.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it has ended and the hub has confirmed that it knows how.</summary>
    public required bool IsReported { get; init; }

    /// <summary>The version of the task that the hub has given since; it is begun when this one has ended.</summary>
    public string? NextVersion { get; init; }
}
