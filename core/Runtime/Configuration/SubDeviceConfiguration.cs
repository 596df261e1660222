using System.Text.Json;

namespace BridgeFramework.Runtime;

/// <summary>One sub-device, with everything its device type and its product give it already filled in.</summary>
public sealed record SubDeviceConfiguration
{
    /// <summary>The cloud identity, unique within the gateway.</summary>
    public required SubDeviceId Id { get; init; }

    /// <summary>The device secret, needed only to bind; <see langword="null"/> for a sub-device that is bound in the console.</summary>
    public Secret? Secret { get; init; }

    /// <summary>The driver's settings of the sub-device: a JSON object, empty where the file gives none.</summary>
    public required JsonElement Settings { get; init; }

    /// <summary>Its points; empty for a sub-device that brings its own.</summary>
    public IReadOnlyList<PointConfiguration> Points { get; init; } = [];

    /// <summary>How it talks to the cloud: the profile of its product.</summary>
    public ProfileSettings Profile { get; init; } = new();

    /// <summary>Name of its device type, or <see langword="null"/>.</summary>
    public string? DeviceType { get; init; }
}
