namespace BridgeFramework.IotHubEmulator;

/// <summary>What a cloud identity may be.</summary>
public enum HubDeviceKind
{
    /// <summary>Connects by itself and speaks for the sub-devices bound to it.</summary>
    Gateway,

    /// <summary>Never connects; reaches the hub through the gateway it is bound to.</summary>
    SubDevice,
}

/// <summary>A device as it was created in the console of the hub.</summary>
public sealed class EmulatedDevice
{
    /// <summary>The identity, unique within one hub.</summary>
    public required HubDeviceId Id { get; init; }

    /// <summary>The secret in the base64 text form the console shows; may be empty for a sub-device that is
    /// never bound by signature.</summary>
    public string DeviceSecret { get; init; } = "";

    /// <summary>What the device is.</summary>
    public required HubDeviceKind Kind { get; init; }

    /// <summary>For a sub-device: the gateway it is bound to from the start, if any.</summary>
    public HubDeviceId? BoundTo { get; init; }
}

/// <summary>A device as the hub sees it now.</summary>
public sealed record HubDeviceStatus
{
    /// <summary>The identity.</summary>
    public required HubDeviceId Id { get; init; }

    /// <summary>What the device is.</summary>
    public required HubDeviceKind Kind { get; init; }

    /// <summary>The gateway a sub-device is bound to, if any.</summary>
    public HubDeviceId? BoundTo { get; init; }

    /// <summary>Gateway: has a connection. Sub-device: was brought online and not taken offline since,
    /// whether or not its gateway is connected.</summary>
    public required bool Online { get; init; }

    /// <summary>Gateway: has a connection. Sub-device: is online and its gateway has a connection.</summary>
    public required bool Connected { get; init; }

    /// <summary>The firmware version the device reported last, if any.</summary>
    public string? FirmwareVersion { get; init; }
}
