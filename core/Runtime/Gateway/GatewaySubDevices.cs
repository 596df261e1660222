using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>All that a gateway has of its sub-devices' presence, put together: what channels say, what was
/// overridden by hand, what the hub has.</summary>
internal sealed class GatewaySubDevices
{
    private readonly HubSession _session;
    private readonly Action<HubSessionStatus> _connection;
    private readonly BindingBook _bindings;

    /// <param name="plan">What the gateway is to be.</param>
    /// <param name="leaving">The sub-devices that leave.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="followers">Takes what the hub is known to have of a sub-device, when that changes, and
    /// each connection or its loss.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    public GatewaySubDevices(
        GatewayPlan plan,
        IReadOnlyCollection<LeavingSubDevice> leaving,
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
            hub.Link, _bindings, followers.State, time, loggers.CreateLogger<SubDeviceReconciler>());
        Reconciler.Apply(
            known.All, [.. leaving.Select(device => device.Id)], SubDeviceOptions.Of(plan.Hub, hub.Options.EffectivePace.PerSecond));
        Orders = new SubDeviceOrders(hub.Operations, hub.Binder, Reconciler, known.ByHand, loggers.CreateLogger<SubDeviceOrders>());
    }

    public SubDeviceReconciler Reconciler { get; }

    /// <summary>What an operator can do with them by hand.</summary>
    public SubDeviceOrders Orders { get; }

    public IReadOnlyList<SubDeviceStatus> Status => Reconciler.Snapshot();

    public IEnumerable<Func<CancellationToken, Task>> Parts =>
        [Reconciler.RunAsync, Reconciler.InquireAsync, _bindings.RunAsync, FollowSessionAsync];

    /// <summary>The plan and the sub-devices that leave, from now on.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="leaving">Those that leave.</param>
    /// <param name="perSecond">Messages a second that the connection takes.</param>
    public void Apply(GatewayPlan plan, IReadOnlyCollection<LeavingSubDevice> leaving, double perSecond)
    {
        var known = KnownSubDevices.Of(plan);
        Reconciler.Apply(known.All, [.. leaving.Select(device => device.Id)], SubDeviceOptions.Of(plan.Hub, perSecond));
        Orders.Apply(known.ByHand);
    }

    /// <summary>Whether the hub has a device online: a sub-device, or the gateway itself.</summary>
    public bool HasOnline(SubDeviceId id) =>
        Reconciler.StateOf(id) == CloudState.Online
        || (_session.Status.IsOnline && string.Equals(id.ToString(), _session.Gateway.ToString(), StringComparison.Ordinal));

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
