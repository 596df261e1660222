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
    private readonly PresenceBoard _presences = new();
    private readonly HttpClient _http;

    /// <param name="plan">What the gateway is to be.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="channels">Hand images over to their sub-devices.</param>
    /// <param name="subDevices">Which of them the hub has online, and which versions they run.</param>
    /// <param name="drivers">Say which of them can.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    public GatewayFirmware(
        GatewayPlan plan,
        GatewayHub hub,
        GatewayChannels channels,
        GatewaySubDevices subDevices,
        DriverCatalog drivers,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        var session = hub.Session;
        (_session, _topics, _reconciler) = (session, hub.UpdateTopics, subDevices.Reconciler);
        _tasks = session.OpenInbox(FirmwareTopics.AnyUpdate);
        _own = new GatewayVersion(session, loggers.CreateLogger<GatewayVersion>());
        _gateway = SubDeviceId.Parse(session.Gateway.ToString());
        var news = new UpdateNewsSender(
            hub.Link,
            subDevices.HasOnline,
            NewsPace.Of(hub.Options.EffectivePace.PerSecond),
            time,
            loggers.CreateLogger<UpdateNewsSender>());
        var targets = channels.Devices.ToDictionary(
            entry => entry.Device.Id,
            entry => (entry.Device.Firmware, (IUpdateTarget)new ChannelTarget(entry.Channel, entry.Device.Id, drivers, _presences, time)));
        var folder = new PrivateFolder(plan.Data.Folder).Folder("firmware");
        var own = new GatewayTarget(plan.Firmware.GatewayCommand, folder.Folder("command"), GatewayVersion.InForce, session.Time);
        targets[_gateway] = (plan.Firmware.Gateway, own);
        var origins = new ImageOrigins(plan.Firmware.Hosts, hub.Options.Endpoint?.Host);
        _http = ImageRequest.CreateClient(origins);
        Updates = new FirmwareUpdates(
            targets,
            folder,
            plan.Firmware,
            new ImageRequest(_http, origins),
            new UpdateHub(news, AnnounceVersionAgain, SetVersion, UntilOnlineAsync),
            session.Time,
            loggers);
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

    /// <summary>Another connection to the hub, or none.</summary>
    public void FollowConnection(bool isOnline)
    {
        _topics.Reset();
        Updates.Wake(_gateway);
        if (isOnline) _own.Tell();
    }

    /// <summary>What the hub has of a sub-device has changed.</summary>
    public void Follow(SubDeviceId id) => Updates.Wake(id);

    /// <summary>Takes whether a sub-device is there.</summary>
    public void SetPresence(SubDeviceId id, Presence presence) => _presences.Set(id, presence);

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
