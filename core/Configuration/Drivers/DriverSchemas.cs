using System.Text.Json.Nodes;
using BridgeFramework.Plugins;

namespace BridgeFramework.Configuration;

/// <summary>What a driver says of itself and of the settings it understands.</summary>
public sealed record DriverSchemas
{
    /// <summary>Name, exclusive settings.</summary>
    public required DriverInfo Info { get; init; }

    /// <summary>JSON schema (draft 2020-12, as System.Text.Json exports it) of a channel's <c>settings</c>.</summary>
    public required JsonNode Channel { get; init; }

    /// <summary>JSON schema of a sub-device's <c>settings</c>.</summary>
    public required JsonNode Device { get; init; }

    /// <summary>JSON schema of a point's <c>at</c>.</summary>
    public required JsonNode Point { get; init; }

    /// <summary>The schemas of a driver that a plugin brought.</summary>
    /// <param name="driver">The driver. It is not kept.</param>
    public static DriverSchemas Of(DriverRegistration driver)
    {
        ArgumentNullException.ThrowIfNull(driver);
        return new DriverSchemas
        {
            Info = driver.Info,
            Channel = driver.ChannelSchema,
            Device = driver.DeviceSchema,
            Point = driver.PointSchema,
        };
    }

    /// <summary>The schemas of a driver that a plugin's manifest promises.</summary>
    /// <param name="driver">The driver.</param>
    public static DriverSchemas Of(ManifestDriver driver)
    {
        ArgumentNullException.ThrowIfNull(driver);
        return new DriverSchemas
        {
            Info = driver.Info,
            Channel = driver.ChannelSchema,
            Device = driver.DeviceSchema,
            Point = driver.PointSchema,
        };
    }
}
