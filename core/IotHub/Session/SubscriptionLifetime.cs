namespace BridgeFramework.IotHub;

/// <summary>How long a subscription is kept up.</summary>
public enum SubscriptionLifetime
{
    /// <summary>Remembered: made again on every connection before the session says that it is online.</summary>
    Session,

    /// <summary>
    /// For this connection only; the owner makes it again. For topics that the hub grants only after a gateway operation, such
    /// as those of a sub-device that must be online first.
    /// </summary>
    Connection,
}
