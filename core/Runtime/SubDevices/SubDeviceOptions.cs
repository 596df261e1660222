using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>Bounds on what the sub-devices of one gateway may ask of the hub.</summary>
internal sealed record SubDeviceOptions
{
    /// <summary>Subscriptions on the connection, those of the gateway itself included.</summary>
    public int MaxSubscriptions { get; init; } = 100;

    /// <summary>Presence changes of one sub-device within a minute that the hub hears of; 0 for all.</summary>
    public int MaxPresenceChanges { get; init; } = 3;

    /// <summary>Least time between two firmware versions, whosever they are; zero for none. Default: half of
    /// the cloud's 15 messages a second.</summary>
    public TimeSpan VersionSpacing { get; init; } = SpacingAt(15);

    /// <summary>What becomes of one that was bound and is not any more.</summary>
    public RebindPolicy Rebind { get; init; }

    /// <summary>Chance, from 0 to 1: what is asked again after a long time is not asked all at once.</summary>
    public Func<double> Dice { get; init; } = Random.Shared.NextDouble;

    /// <param name="hub">The settings.</param>
    /// <param name="publishRate">Messages a second that the connection takes; may be infinite.</param>
    public static SubDeviceOptions Of(HubSettings hub, double publishRate) => new()
    {
        MaxSubscriptions = hub.MaxSubscriptions,
        MaxPresenceChanges = hub.MaxPresenceChanges,
        Rebind = hub.Rebind,
        VersionSpacing = SpacingAt(publishRate),
    };

    /// <summary>The other half is for the values.</summary>
    private static TimeSpan SpacingAt(double publishRate) => TimeSpan.FromSeconds(2 / publishRate);
}
