namespace BridgeFramework.IotHub;

/// <summary>Something the hub tells the gateway unasked.</summary>
public abstract record GatewayNotification
{
    private protected GatewayNotification()
    {
    }

    /// <summary>The connection it came on, see <see cref="HubSessionStatus.Attempt"/>: on a later one it is old news.</summary>
    public int Attempt { get; init; }
}

/// <summary>Sub-devices were bound or unbound from the console: <c>change</c>.</summary>
/// <param name="Bound">True: they are bound to this gateway now. False: they no longer are.</param>
/// <param name="Devices">Which ones.</param>
public sealed record TopologyChanged(bool Bound, IReadOnlyList<DeviceIdentity> Devices) : GatewayNotification;

/// <summary>All sub-devices were unbound: <c>unbind_all</c>.</summary>
public sealed record AllUnbound : GatewayNotification;

/// <summary>The hub asks to start or stop looking for new devices: <c>search_devices</c>.</summary>
/// <param name="Start">Start or stop.</param>
public sealed record DeviceSearch(bool Start) : GatewayNotification;

/// <summary>The notifications came faster than they were read and at least one was dropped: ask the hub what is bound.</summary>
public sealed record NotificationsMissed : GatewayNotification;
