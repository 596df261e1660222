using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>One configured instance of a driver.</summary>
public sealed record ChannelPlan
{
    /// <summary>The name: 1 to 64 of <c>A-Z a-z 0-9 _ -</c>, unique within the gateway.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the driver, see <see cref="DriverInfo.Name"/>.</summary>
    public required string Driver { get; init; }

    /// <summary>The driver's settings of the channel: a JSON object, empty where the file gives none.</summary>
    public required JsonElement Settings { get; init; }

    /// <summary>Its sub-devices, ranges expanded, in the order of the file.</summary>
    public IReadOnlyList<SubDevicePlan> Devices { get; init; } = [];
}
