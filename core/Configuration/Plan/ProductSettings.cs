namespace BridgeFramework.Configuration;

/// <summary>What the sub-devices of one product have in common.</summary>
public sealed record ProductSettings
{
    /// <summary>Name of the device type of its sub-devices that name none themselves, or <see langword="null"/>.</summary>
    public string? DeviceType { get; init; }

    /// <summary>The product secret, with which sub-devices without a secret are registered; <see langword="null"/> for none.</summary>
    public Secret? Secret { get; init; }

    /// <summary>How its sub-devices talk to the cloud.</summary>
    public ProfileSettings Profile { get; init; } = new();

    /// <summary>What is given up when no more of one of its sub-devices may wait; default the oldest.</summary>
    public FullPolicy WhenFull { get; init; }

    /// <summary>What the firmware updates of its sub-devices need.</summary>
    public UpdatePolicy Firmware { get; init; } = new();
}
