using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.IotHub;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>All that a gateway has of firmware, put together: who is heard, which version runs where, the updates themselves.</summary>
internal sealed class GatewayFirmware : IDisposable
{
    private readonly HubInbox _tasks;
    private readonly UpdateSubscriptions _topics;
    private readonly GatewayVersion _own;
    private readonly HubSession _session;
    private readonly SubDeviceId _gateway;
    private readonly SubDeviceReconciler _reconciler;
    private readonly HttpClient _http;
    private readonly GatewayHub _hub;
    private readonly DriverCatalog _drivers;
    private readonly TimeProvider _time;
    private readonly GatewayTarget _ownTarget;
    private readonly ImageOrigins _origins;
    private Dictionary<SubDeviceId, (ChannelSupervisor Channel, IUpdateTarget Target)> _targets = [];

    /// <param name="plan">What the gateway is to be.</param>
    /// <param name="leaving">The sub-devices that leave.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="channels">Hand images over to their sub-devices.</param>
    /// <param name="subDevices">Which of them the hub has online, and which versions they run.</param>
    /// <param name="drivers">Say which of them can.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    public GatewayFirmware(
        GatewayPlan plan,
        IReadOnlyCollection<LeavingSubDevice> leaving,
        GatewayHub hub,
        GatewayChannels channels,
        GatewaySubDevices subDevices,
        DriverCatalog drivers,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        var session = hub.Session;
        (_session, _topics, _reconciler) = (session, hub.UpdateTopics, subDevices.Reconciler);
        (_hub, _drivers, _time) = (hub, drivers, time);
        _tasks = session.OpenInbox(FirmwareTopics.AnyUpdate);
        _own = new GatewayVersion(session, loggers.CreateLogger<GatewayVersion>());
        _gateway = SubDeviceId.Parse(session.Gateway.ToString());
        var news = new UpdateNewsSender(
            hub.Link,
            subDevices.HasOnline,
            NewsPace.Of(hub.Options.EffectivePace.PerSecond),
            time,
            loggers.CreateLogger<UpdateNewsSender>());
        var folder = new PrivateFolder(plan.Data.Folder).Folder("firmware");
        _ownTarget = new GatewayTarget(plan.Firmware.GatewayCommand, folder.Folder("command"), GatewayVersion.InForce, session.Time);
        _origins = new ImageOrigins(plan.Firmware.Hosts, hub.Options.Endpoint?.Host);
        _http = ImageRequest.CreateClient(_origins);
        Updates = new FirmwareUpdates(
            folder,
            plan.Firmware,
            new ImageRequest(_http, _origins),
            new UpdateHub(news, AnnounceVersionAgain, SetVersion, UntilOnlineAsync),
            session.Time,
            loggers);
        Apply(plan.Firmware, channels.Devices, leaving.Select(device => device.Id));
        Updates.SetVersion(_gateway, GatewayVersion.InForce);
        _topics.MustStay = Updates.NeedsAddress;
    }

    /// <summary>The updates.</summary>
    public FirmwareUpdates Updates { get; }

    /// <summary>What is said to the hub besides the updates.</summary>
    public IEnumerable<Func<CancellationToken, Task>> HubParts =>
        [_own.RunAsync, stopping => _topics.RunAsync(_reconciler.AnnounceVersionAgain, stopping)];

    /// <summary>Runs the updates until told to stop.</summary>
    public Task RunUpdatesAsync(CancellationToken stopping) => Updates.RunAsync(_tasks.Messages, stopping);

    /// <summary>These bounds and these sub-devices from now on. The gateway itself stays.</summary>
    /// <param name="settings">The bounds.</param>
    /// <param name="devices">The sub-devices, each with its channel. With another one its hand-over begins anew.</param>
    /// <param name="leaving">Those that have been leaving since an earlier life of the gateway.</param>
    public void Apply(
        FirmwareSettings settings, IEnumerable<(ChannelSupervisor Channel, SubDevicePlan Device)> devices, IEnumerable<SubDeviceId> leaving)
    {
        _origins.Become(settings.Hosts, _hub.Options.Endpoint?.Host);
        _ownTarget.Become(settings.GatewayCommand);
        Updates.Apply(settings);
        var all = new Dictionary<SubDeviceId, (UpdatePolicy Policy, IUpdateTarget? Target)>
        {
            [_gateway] = (settings.Gateway, _ownTarget),
        };
        foreach (var id in leaving) all[id] = (new UpdatePolicy(), null);
        var targets = new Dictionary<SubDeviceId, (ChannelSupervisor Channel, IUpdateTarget Target)>();
        foreach (var (channel, device) in devices)
        {
            targets[device.Id] = _targets.TryGetValue(device.Id, out var known) && known.Channel == channel ? known
                : (channel, new ChannelTarget(channel, device.Id, _drivers, _reconciler.UntilPresentAsync, _time));
            all[device.Id] = (device.Firmware, targets[device.Id].Target);
        }

        _targets = targets;
        Updates.Apply(all);
    }

    /// <summary>So many update topics of these sub-devices can be subscribed to from now on. Waits for the hub.</summary>
    public Task ApplyAsync(int places, IReadOnlySet<SubDeviceId> devices, CancellationToken cancellationToken) =>
        _topics.ApplyAsync(places, devices, cancellationToken);

    /// <summary>Whether the update of a sub-device is under way, or the hub has yet to hear how it ended.</summary>
    public bool HasNews(SubDeviceId id) => Updates.HasNews(id);

    /// <summary>A sub-device has left: it has no update any more.</summary>
    public void Forget(SubDeviceId id) => Updates.Forget(id);

    /// <summary>Another connection to the hub, or none.</summary>
    public void FollowConnection(bool isOnline)
    {
        _topics.Reset();
        Updates.Wake(_gateway);
        if (isOnline) _own.Tell();
    }

    /// <summary>What the hub has of a sub-device has changed.</summary>
    public void Follow(SubDeviceId id) => Updates.Wake(id);

    /// <summary>Takes the version that a device was seen to run.</summary>
    public void SetVersion(SubDeviceId id, string version)
    {
        Updates.SetVersion(id, version);
        if (id != _gateway) _reconciler.SetFirmwareVersion(id, version);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tasks.Dispose();
        _http.Dispose();
    }

    private async Task UntilOnlineAsync(CancellationToken cancellationToken)
    {
        await foreach (var status in _session.WatchAsync(cancellationToken))
            if (status.IsOnline) return;
    }

    private void AnnounceVersionAgain(SubDeviceId id)
    {
        if (id == _gateway) _own.Tell();
        else _reconciler.AnnounceVersionAgain(id);
    }
}
