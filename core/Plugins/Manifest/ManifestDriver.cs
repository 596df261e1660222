using System.Text.Json.Nodes;

namespace BridgeFramework.Plugins;

/// <summary>What a plugin's manifest says of one of its drivers. Nothing of the plugin's code is held.</summary>
public sealed record ManifestDriver
{
    /// <summary>Name, description, capabilities.</summary>
    public required DriverInfo Info { get; init; }

    /// <summary>The JSON schema of a channel's <c>settings</c>, as
    /// <see cref="DriverRegistration.ChannelSchema"/>. Do not change it.</summary>
    public required JsonNode ChannelSchema { get; init; }

    /// <summary>The JSON schema of a sub-device's <c>settings</c>. Do not change it.</summary>
    public required JsonNode DeviceSchema { get; init; }

    /// <summary>The JSON schema of a point's <c>at</c>. Do not change it.</summary>
    public required JsonNode PointSchema { get; init; }

    /// <summary>Gives the driver's name.</summary>
    public override string ToString() => Info.Name;

    internal static ManifestDriver Of(DriverRegistration driver) => new()
    {
        Info = driver.Info,
        ChannelSchema = driver.ChannelSchema,
        DeviceSchema = driver.DeviceSchema,
        PointSchema = driver.PointSchema,
    };
}
