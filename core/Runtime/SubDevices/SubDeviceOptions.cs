namespace BridgeFramework.Runtime;

/// <summary>Bounds on what the sub-devices of one gateway may ask of the hub.</summary>
internal sealed record SubDeviceOptions
{
    /// <summary>Subscriptions on the connection, those of the gateway itself included.</summary>
    public int MaxSubscriptions { get; init; } = 100;

    /// <summary>Presence changes of one sub-device within a minute that the hub hears of; 0 for all.</summary>
    public int MaxPresenceChanges { get; init; } = 3;

    public static SubDeviceOptions Of(HubSettings hub) =>
        new() { MaxSubscriptions = hub.MaxSubscriptions, MaxPresenceChanges = hub.MaxPresenceChanges };
}
