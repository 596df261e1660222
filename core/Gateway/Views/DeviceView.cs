using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>A sub-device between its channel and the hub.</summary>
internal sealed record DeviceView
{
    public required string Id { get; init; }

    /// <summary>Online and seen; or not in use: only <c>device_info.json</c> names it and nobody ordered it online; or
    /// leaving.</summary>
    public required bool Ok { get; init; }

    /// <summary>Absent for one that only <c>device_info.json</c> names.</summary>
    public string? Channel { get; init; }
    public required Presence Presence { get; init; }
    public required CloudState Hub { get; init; }

    /// <summary>What was ordered by hand and holds.</summary>
    public required ManualOverride Order { get; init; }

    /// <summary>Whether commands from the hub reach it.</summary>
    public required CommandReach Commands { get; init; }

    /// <summary>Whether it is not in the configuration any more, and stays until what waits of it is sent; absent where it is
    /// not so.</summary>
    public bool? Leaving { get; init; }

    /// <summary>Why something is not as it should be.</summary>
    public string? Reason { get; init; }

    /// <summary>Commands are meant for it and do not reach it, whatever else is well.</summary>
    internal bool IsOutOfReach => Commands is CommandReach.OverBudget or CommandReach.Refused;

    /// <summary>All of them; those that are not well first, each part in the order of the configuration.</summary>
    public static IReadOnlyList<DeviceView> AllOf(GatewayStatus status) =>
        [.. status.SubDevices.Select(device => Of(status, device)).OrderBy(device => device.Ok)];

    public static DeviceView Of(GatewayStatus status, SubDeviceStatus device)
    {
        var order = status.Overrides.GetValueOrDefault(device.Id);
        string? channel = device.Channel.Length == 0 ? null : device.Channel;
        bool isOnline = device.Cloud == CloudState.Online;
        return new DeviceView
        {
            Id = device.Id.ToString(),
            Ok = device.IsLeaving || (channel is null ? isOnline || order != ManualOverride.Online
                : isOnline && device.Presence == Presence.Present && order == ManualOverride.None),
            Channel = channel,
            Presence = device.Presence,
            Hub = device.Cloud,
            Order = order,
            Commands = device.Commands,
            Leaving = device.IsLeaving ? true : null,
            Reason = order == ManualOverride.None ? ReasonOf(device, channel, status.Hub.IsOnline) : ReasonOf(order, device),
        };
    }

    private static string? ReasonOf(SubDeviceStatus device, string? channel, bool isConnected) => device switch
    {
        { Reason: { } reason } => reason,
        _ when channel is null => "in device_info.json only",
        { Presence: Presence.Absent } => "does not answer",
        { Presence: Presence.Unknown } => "not heard of yet",
        { Cloud: CloudState.Unbound } => "not bound to this gateway",
        { Cloud: CloudState.Unknown } when !isConnected => "no connection to the hub",
        _ => null,
    };

    private static string ReasonOf(ManualOverride order, SubDeviceStatus device)
    {
        string held = order switch
        {
            ManualOverride.Online => "held online by hand",
            ManualOverride.Offline => "held offline by hand",
            _ => "unbound by hand",
        };
        // Why a device is not bound is known when a hand did it.
        bool saysMore = order != ManualOverride.Unbound && device.Reason is { } reason && reason != held;
        return saysMore ? $"{held}; {device.Reason}" : held;
    }
}
