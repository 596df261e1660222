namespace BridgeFramework.IotHub;

/// <summary>What the official SDKs' <c>device_info.json</c> says about a gateway.</summary>
public sealed record DeviceInfo
{
    /// <summary>The gateway.</summary>
    public required DeviceIdentity Gateway { get; init; }

    /// <summary>How it proves who it is: by key or by certificate. Null where the file has no device secret yet but a
    /// <see cref="ProductSecret"/> to obtain it with, see <see cref="DeviceRegistrar"/>.</summary>
    public required HubCredentials? Credentials { get; init; }

    /// <summary>The secret of the gateway's product; null if the file has none. One that nothing needs may be anything, and is null
    /// then.</summary>
    public ProductSecret? ProductSecret { get; init; }

    /// <summary>The device secret; null for a certificate device.</summary>
    public DeviceSecret? Secret => (Credentials as KeyCredentials)?.Secret;

    /// <summary>Whether the gateway is a certificate device (<c>auth_mode</c> is <c>CERT</c>), registered or not.</summary>
    public bool IsCertificateDevice { get; init; }

    /// <summary>Path of the root certificates that the file names (<c>devCaFile</c>), not yet looked at; null if it names none.</summary>
    public string? CaFile { get; init; }

    /// <summary>The region that the file names, see <see cref="HubEndpoint.CloudOf(string, string?)"/>; null if it names none.</summary>
    public string? Region { get; init; }

    /// <summary>The sub-devices the file lists, in its order.</summary>
    public IReadOnlyList<DeviceInfoSubDevice> SubDevices { get; init; } = [];

    /// <summary>What of the file was passed over, though it may have been meant.</summary>
    public IReadOnlyList<DeviceInfoProblem> Notes { get; init; } = [];
}

/// <summary>A sub-device of a <c>device_info.json</c>.</summary>
/// <param name="Identity">The sub-device.</param>
/// <param name="Secret">Its secret, from the optional field <c>sub_deviceSecret</c>: an extension of ours; null if absent.</param>
public sealed record DeviceInfoSubDevice(DeviceIdentity Identity, DeviceSecret? Secret);
