using BridgeFramework.IotHub;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>How a gateway stands at one moment, computed from what owns each fact.</summary>
public sealed record GatewayStatus
{
    /// <summary>The connection to the hub.</summary>
    public required HubSessionStatus Hub { get; init; }

    /// <summary>The channels, in the order of the configuration.</summary>
    public required IReadOnlyList<ChannelStatus> Channels { get; init; }

    /// <summary>The sub-devices, in the order of the configuration; then those that only
    /// <c>device_info.json</c> names, without a channel.</summary>
    public required IReadOnlyList<SubDeviceStatus> SubDevices { get; init; }

    /// <summary>What was ordered by hand and still holds.</summary>
    public IReadOnlyDictionary<SubDeviceId, ManualOverride> Overrides { get; init; } = new Dictionary<SubDeviceId, ManualOverride>();

    /// <summary>What waits for the hub.</summary>
    public required OutboxStatus Outbox { get; init; }

    /// <summary>The commands and their replies.</summary>
    public DownlinkStatus Downlink { get; init; } = new();

    /// <summary>The sub-devices that the plan does not name any more, and that still leave.</summary>
    public IReadOnlyList<LeavingSubDevice> Leaving { get; init; } = [];
}
