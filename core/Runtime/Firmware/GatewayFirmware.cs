using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.IotHub;
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
    private readonly PresenceBoard _presences;
    private readonly HttpClient _http = ImageRequest.CreateClient();

    /// <param name="configuration">What the gateway is told.</param>
    /// <param name="session">The hub.</param>
    /// <param name="topics">The update topics of its sub-devices.</param>
    /// <param name="news">Tells the hub how updates go.</param>
    /// <param name="reconciler">Tells the hub which versions run.</param>
    /// <param name="presences">Which sub-devices are there.</param>
    /// <param name="targets">How each sub-device is given an image.</param>
    /// <param name="loggers">The log.</param>
    public GatewayFirmware(
        GatewayPlan configuration,
        HubSession session,
        UpdateSubscriptions topics,
        UpdateNewsSender news,
        SubDeviceReconciler reconciler,
        PresenceBoard presences,
        IEnumerable<(SubDevicePlan Device, IUpdateTarget Target)> targets,
        ILoggerFactory loggers)
    {
        (_session, _topics, _reconciler, _presences) = (session, topics, reconciler, presences);
        _tasks = session.OpenInbox(FirmwareTopics.AnyUpdate);
        _own = new GatewayVersion(session, loggers.CreateLogger<GatewayVersion>());
        _gateway = SubDeviceId.Parse(session.Gateway.ToString());
        var all = targets.ToDictionary(entry => entry.Device.Id, entry => (entry.Device.Firmware, entry.Target));
        all[_gateway] = (new ProductFirmwareSettings(), new GatewayTarget(configuration.Firmware.GatewayCommand, GatewayVersion.InForce, session.Time));
        Updates = new FirmwareUpdates(
            all,
            new PrivateFolder(configuration.Data.Folder).Folder("firmware"),
            configuration.Firmware,
            _http,
            new UpdateHub(news, AnnounceVersionAgain, SetVersion, UntilOnlineAsync),
            session.Time,
            loggers);
        Updates.SetVersion(_gateway, GatewayVersion.InForce);
        topics.MustStay = Updates.IsUnderWay;
    }

    /// <summary>The updates.</summary>
    public FirmwareUpdates Updates { get; }

    /// <summary>Runs all of it.</summary>
    /// <param name="field">Ends the updates.</param>
    /// <param name="cloud">Ends what is said to the hub besides.</param>
    /// <returns>Its parts, each of which runs until it is told to stop.</returns>
    public Task[] Run(CancellationToken field, CancellationToken cloud) =>
    [
        Updates.RunAsync(_tasks.Messages, field),
        _own.RunAsync(cloud),
        _topics.RunAsync(_reconciler.AnnounceVersionAgain, cloud),
    ];

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
