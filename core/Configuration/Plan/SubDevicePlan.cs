using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>One sub-device, with everything its device type and its product give it already filled in.</summary>
public sealed record SubDevicePlan
{
    /// <summary>The cloud identity, unique within the gateway.</summary>
    public required SubDeviceId Id { get; init; }

    /// <summary>The device secret, needed only to bind; <see langword="null"/> for a sub-device that is bound in the console.</summary>
    public Secret? Secret { get; init; }

    /// <summary>Absolute path of the certificate of a certificate sub-device, needed only to bind;
    /// <see langword="null"/> for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The secret of its product, with which it is registered before it is bound if it has neither of the two;
    /// <see langword="null"/> for none.</summary>
    public Secret? ProductSecret { get; init; }

    /// <summary>Whether there is anything to bind it with.</summary>
    public bool CanBind => Secret is not null || CertificateFile is not null || ProductSecret is not null;

    /// <summary>The driver's settings of the sub-device: a JSON object, empty where the file gives none.</summary>
    public required JsonElement Settings { get; init; }

    /// <summary>Its points; empty for a sub-device that brings its own.</summary>
    public IReadOnlyList<PointPlan> Points { get; init; } = [];

    /// <summary>How it talks to the cloud: the profile of its product.</summary>
    public ProfileSettings Profile { get; init; } = new();

    /// <summary>What is given up when no more of it may wait: that of its product.</summary>
    public FullPolicy WhenFull { get; init; }

    /// <summary>What its firmware updates need: the settings of its product.</summary>
    public UpdatePolicy Firmware { get; init; } = new();

    /// <summary>Name of its device type, or <see langword="null"/>.</summary>
    public string? DeviceType { get; init; }
}
