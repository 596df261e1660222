using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>All that a gateway has of its sub-devices' presence, put together: what channels say, what was
/// overridden by hand, what the hub has.</summary>
internal sealed class GatewaySubDevices
{
    private readonly ManualOverrides _overrides;
    private readonly HubSession _session;
    private readonly Action<HubSessionStatus> _connection;
    private readonly BindingBook _bindings;

    /// <param name="plan">What the gateway is to be.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="followers">Takes what the hub is known to have of a sub-device, when that changes, and
    /// each connection or its loss.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    public GatewaySubDevices(
        GatewayPlan plan,
        GatewayHub hub,
        (Action<SubDeviceId, CloudState> State, Action<HubSessionStatus> Connection) followers,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        (_session, _connection) = (hub.Session, followers.Connection);
        var known = KnownSubDevices.Of(plan);
        _bindings = new BindingBook(
            new BindingsFile(new PrivateFolder(plan.Data.Folder).File("bindings")),
            hub.Options.Gateway.ToString(),
            known.All.Select(pair => pair.Device),
            time,
            loggers.CreateLogger<BindingBook>());
        Reconciler = new SubDeviceReconciler(
            known.All,
            hub.Link,
            _bindings,
            SubDeviceOptions.Of(plan.Hub, hub.Options.EffectivePace.PerSecond),
            followers.State,
            time,
            loggers.CreateLogger<SubDeviceReconciler>());
        _overrides = new ManualOverrides(Reconciler.SetPresence, Reconciler.Override);
        Orders = new SubDeviceOrders(
            hub.Operations, hub.Binder, Reconciler, _overrides, known.ByHand, loggers.CreateLogger<SubDeviceOrders>());
    }

    public SubDeviceReconciler Reconciler { get; }

    public ManualOverrides Overrides => _overrides;

    /// <summary>What an operator can do with them by hand.</summary>
    public SubDeviceOrders Orders { get; }

    public IReadOnlyList<SubDeviceStatus> Status => [.. Reconciler.Snapshot().Select(AsItsChannelSeesIt)];

    public IEnumerable<Func<CancellationToken, Task>> Parts =>
        [Reconciler.RunAsync, Reconciler.InquireAsync, _bindings.RunAsync, FollowSessionAsync];

    /// <summary>Whether the hub has a device online: a sub-device, or the gateway itself.</summary>
    public bool HasOnline(SubDeviceId id) =>
        Reconciler.StateOf(id) == CloudState.Online
        || (_session.Status.IsOnline && string.Equals(id.ToString(), _session.Gateway.ToString(), StringComparison.Ordinal));

    /// <summary>Takes what a channel says of a sub-device.</summary>
    public void SetPresence(SubDeviceId id, Presence presence, string? reason) => _overrides.SetPresence(id, presence, reason);

    /// <summary>Where an override holds, the reconciler has that and not what the channel says.</summary>
    private SubDeviceStatus AsItsChannelSeesIt(SubDeviceStatus device) =>
        _overrides.Find(device.Id) == ManualOverride.None ? device : device with { Presence = _overrides.Seen(device.Id).Presence };

    private async Task FollowSessionAsync(CancellationToken stopping)
    {
        int attempt = 0;
        await foreach (var status in _session.WatchAsync(stopping))
        {
            // Only the newest view is seen: another number means that a connection came and went in between.
            if (!status.IsOnline || status.Attempt != attempt) FollowConnection(status);
            attempt = status.IsOnline ? status.Attempt : 0;
        }
    }

    private void FollowConnection(HubSessionStatus status)
    {
        _connection(status);
        if (status.IsOnline) Reconciler.SessionUp(status.Attempt);
        else Reconciler.SessionLost();
    }
}
