namespace BridgeFramework;

/// <summary>How far an update of one sub-device is.</summary>
public readonly record struct FirmwareProgress
{
    /// <summary>What the device is doing.</summary>
    public FirmwareStage Stage { get; init; }

    /// <summary>How many bytes of the image the device has acknowledged.</summary>
    public long BytesAcknowledged { get; init; }
}

/// <summary>The stages of an update that a driver can tell apart.</summary>
public enum FirmwareStage
{
    /// <summary>The device makes room.</summary>
    Preparing,

    /// <summary>The image is on its way.</summary>
    Transferring,

    /// <summary>The device checks what it got.</summary>
    Verifying,

    /// <summary>The device starts the new firmware.</summary>
    Activating,
}
