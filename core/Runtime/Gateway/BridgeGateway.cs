using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>One gateway: its hub session, its channels and everything between them. A process may run several.</summary>
public sealed partial class BridgeGateway : IAsyncDisposable
{
    private readonly HubSession _session;
    private readonly GatewayOperations _operations;
    private readonly HubInbox _commands;
    private readonly SubDeviceReconciler _reconciler;
    private readonly ManualOverrides _overrides;
    private readonly LaneOutbox _outbox;
    private readonly BootTimes _clock;
    private readonly UplinkIntake _intake;
    private readonly UplinkPump _pump;
    private readonly OutboxWatch _watch;
    private readonly CommandRouter _router;
    private readonly IReadOnlyList<ChannelSupervisor> _channels;
    private readonly IReadOnlyList<FileChannelStore> _stores;
    private readonly HubNotifications _notifications;
    private readonly GatewayFirmware _firmware;
    private readonly ILogger _logger;

    /// <summary>Puts a gateway together; nothing runs yet.</summary>
    /// <param name="configuration">What it is told.</param>
    /// <param name="hub">How it talks to its hub; see <see cref="HubAccess"/> for the one that a configuration describes.</param>
    /// <param name="drivers">The drivers that its channels find by name.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <exception cref="ArgumentException">The hub options are out of range.</exception>
    /// <exception cref="IOException">What waits from earlier cannot be opened: the message says why.</exception>
    public BridgeGateway(GatewayPlan configuration, HubSessionOptions hub, DriverCatalog drivers, TimeProvider time, ILoggerFactory loggers)
        : this(configuration, hub, [], drivers, time, loggers)
    {
    }

    /// <inheritdoc cref="BridgeGateway(GatewayPlan, HubSessionOptions, DriverCatalog, TimeProvider, ILoggerFactory)"/>
    /// <param name="configuration">What it is told.</param>
    /// <param name="hub">How it talks to its hub; see <see cref="HubAccess"/> for the one that a configuration describes.</param>
    /// <param name="listed">
    /// The sub-devices of <c>device_info.json</c>. One that no channel has does nothing until an operator orders it, see <see cref="Orders"/>;
    /// the secret of one that a channel has serves where the channel gives none.
    /// </param>
    /// <param name="drivers">The drivers that its channels find by name.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    public BridgeGateway(
        GatewayPlan configuration, HubSessionOptions hub, IReadOnlyList<DeviceInfoSubDevice> listed, DriverCatalog drivers, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(listed);
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(drivers);
        ArgumentNullException.ThrowIfNull(loggers);
        _logger = loggers.CreateLogger<BridgeGateway>();
        _session = new HubSession(hub, time, loggers.CreateLogger<HubSession>());
        _operations = new GatewayOperations(
            _session,
            time,
            loggers.CreateLogger<GatewayOperations>(),
            new GatewayOperationsOptions { BatchSize = configuration.Hub.OperationBatch, Acknowledgement = configuration.Hub.ChangeAcknowledgement });
        _commands = _session.OpenInbox("+/+/#");

        LatencyTarget = UplinkStore.LatencyTarget(configuration, hub.EffectivePace.PerSecond);
        _outbox = UplinkStore.Open(configuration, LatencyTarget, time);
        var binder = new SubDeviceBinder(_operations, HubAccess.RegistrarOf(configuration, _session.Time));
        SubDevicePlan[] devices = [.. configuration.Channels.SelectMany(channel => channel.Devices)];
        var updateTopics = new UpdateSubscriptions(
            SubscriptionBudget.PlacesForFirmware(devices, configuration.Hub.MaxSubscriptions),
            (topic, token) => _session.SubscribeAsync(topic, qos: 1, SubscriptionLifetime.Connection, token),
            _session.UnsubscribeAsync,
            time,
            loggers.CreateLogger<UpdateSubscriptions>());
        var link = new HubLink(_session, _operations, binder, updateTopics);
        var known = KnownSubDevices.Of(configuration, listed);
        // Of one without a channel something may wait that an earlier configuration left: nobody knows any more how to say it.
        var owners = devices.Select(device => device.Id.ToString()).ToHashSet(StringComparer.Ordinal);
        _reconciler = new SubDeviceReconciler(
            known.All,
            link,
            SubDeviceOptions.Of(configuration.Hub, hub.EffectivePace.PerSecond),
            (id, state) =>
            {
                if (owners.Contains(id.ToString())) OpenOrClose(_outbox, id, state);
                _router!.Follow(id, state); // made below, before anything runs
                _firmware!.Follow(id); // likewise
            },
            time,
            loggers.CreateLogger<SubDeviceReconciler>());
        _overrides = new ManualOverrides(_reconciler.SetPresence, _reconciler.Override);
        Orders = new SubDeviceOrders(_operations, binder, _reconciler, _overrides, known.ByHand, loggers.CreateLogger<SubDeviceOrders>());
        var data = new PrivateFolder(configuration.Data.Folder);
        var bootTimes = configuration.Uplink.Storage == UplinkStorage.Disk ? new BootTimesFile(data.File("boots")) : null;
        _clock = new BootTimes(bootTimes, BootId.Read(), _session.Time, loggers.CreateLogger<BootTimes>());
        _pump = new UplinkPump(
            _outbox, link, UplinkRoutes.Of(devices, _clock.TimeOf), hub.Window, configuration.Uplink.LiveShare, time, loggers.CreateLogger<UplinkPump>());
        _intake = new UplinkIntake(_outbox, _clock, devices, time);
        _watch = new OutboxWatch(_outbox, _clock, time, loggers.CreateLogger<OutboxWatch>());
        _stores = [.. configuration.Channels.Select(channel => new FileChannelStore(data.Folder("channels").Folder(channel.Name)))];
        _channels = [.. configuration.Channels.Zip(_stores, (channel, store) =>
            new ChannelSupervisor(channel, drivers, store, _intake, SetPresence, (id, version) => _firmware!.SetVersion(id, version), time, loggers))];
        var journaling = new CommandJournalOptions();
        var journal = new CommandJournal(journaling, time, loggers.CreateLogger<CommandJournal>());
        var journalFile = new CommandLogFile(data.Folder("commands"));
        var writer = new JournalWriter(journal, journalFile, journaling, time, loggers.CreateLogger<JournalWriter>());
        _router = new CommandRouter(_channels.SelectMany(RecipientsOf), journal, writer, link, IsCurrent, _session.Time, loggers.CreateLogger<CommandRouter>());
        _notifications = new HubNotifications(
            _operations,
            _reconciler,
            _overrides,
            [.. _channels.Select(channel => new ChannelPairing(channel.Plan, channel.Standing, time, loggers.CreateLogger<ChannelPairing>()))],
            configuration.Hub.PairingWindow,
            attempt => attempt == _session.Status.Attempt,
            loggers.CreateLogger<HubNotifications>());
        var presences = new PresenceBoard();
        _firmware = new GatewayFirmware(
            configuration,
            _session,
            updateTopics,
            new UpdateNewsSender(link, HasOnline, NewsPace.Of(hub.EffectivePace.PerSecond), time, loggers.CreateLogger<UpdateNewsSender>()),
            _reconciler,
            presences,
            _channels.SelectMany(channel => channel.Plan.Devices, (channel, device) => (device, (IUpdateTarget)new ChannelTarget(channel, device.Id, drivers, presences, time))),
            loggers);
    }

    /// <summary>The firmware updates of its sub-devices, and its own.</summary>
    public FirmwareUpdates Firmware => _firmware.Updates;

    /// <summary>How it stands now.</summary>
    public GatewayStatus Status => new()
    {
        Hub = _session.Status,
        Channels = [.. _channels.Select(channel => channel.Standing.Status)],
        SubDevices = [.. _reconciler.Snapshot().Select(AsItsChannelSeesIt)],
        Overrides = _overrides.Snapshot(),
        Outbox = _outbox.Status,
        Downlink = _router.Status,
    };

    /// <summary>What became of everything that was reported, by sub-device; those that wait from an earlier configuration too.</summary>
    public IReadOnlyList<OwnerLedger> Ledgers => _outbox.Ledgers();

    /// <summary>The latency that live values are to have: the one wanted, or what the rate of the hub allows where that is more.</summary>
    public TimeSpan LatencyTarget { get; }

    /// <summary>What an operator can do with the sub-devices by hand.</summary>
    public SubDeviceOrders Orders { get; }

    /// <summary>Runs the gateway until told to stop.</summary>
    /// <param name="stopping">Asks it to stop: channels let go of their resources, then the connection is closed.</param>
    /// <returns>A task that ends when everything has ended. It fails only where the gateway itself is at fault.</returns>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var field = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var cloud = new CancellationTokenSource();
        Task[] channels = [.. _channels.Select(channel => channel.RunAsync(field.Token))];
        Task[] parts =
        [
            _session.RunAsync(cloud.Token),
            _reconciler.RunAsync(cloud.Token),
            FollowSessionAsync(cloud.Token),
            _notifications.RunAsync(cloud.Token),
            _pump.RunAsync(cloud.Token),
            _intake.RunAsync(cloud.Token),
            _watch.RunAsync(cloud.Token),
            _router.RunAsync(_commands.Messages, cloud.Token),
            .. _firmware.Run(field.Token, cloud.Token),
        ];
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var telling = stopping.Register(told.SetResult);
        // A part ends before its time only through a bug of ours: then all end, and the bug is seen.
        await Task.WhenAny([.. parts, .. channels, told.Task]);
        await field.CancelAsync();
        // What drivers still report while they end can be sent: the connection outlives them.
        await Task.WhenAll(channels).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await cloud.CancelAsync();
        try
        {
            await Task.WhenAll([.. channels, .. parts]);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The normal end of a part.
        }

        LogStopped(_logger);
    }

    /// <summary>Drivers have come: channels that wait for one look again.</summary>
    public void DriversChanged()
    {
        foreach (var channel in _channels) channel.DriversChanged();
    }

    /// <summary>Code of a plugin threw where nobody could catch it: the channels that its drivers run are run anew.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="reason">What was thrown, in words.</param>
    public void PluginCrashed(LoadedPlugin plugin, string reason)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        LogPluginCrashed(_logger, plugin.Manifest.Id, reason);
        foreach (var channel in _channels) channel.PluginCrashed(plugin, $"Plugin {plugin.Manifest.Id} threw on a thread of its own: {reason}");
    }

    /// <summary>Its channels, for whoever replaces their plugins.</summary>
    internal IReadOnlyList<ChannelSupervisor> Channels => _channels;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _commands.Dispose();
        _firmware.Dispose();
        await _operations.DisposeAsync();
        await _session.DisposeAsync();
        foreach (var store in _stores) store.Dispose();
        _clock.Keep();
        await _outbox.DisposeAsync();
    }

    private static IEnumerable<CommandRecipient> RecipientsOf(ChannelSupervisor channel)
    {
        var entrance = new CommandEntrance(channel.Plan, channel.Standing);
        return channel.Plan.Devices.Select(device => new CommandRecipient(device, entrance));
    }

    /// <summary>Where an override holds, the reconciler has that and not what the channel says.</summary>
    private SubDeviceStatus AsItsChannelSeesIt(SubDeviceStatus device) =>
        _overrides.Find(device.Id) == ManualOverride.None ? device : device with { Presence = _overrides.Seen(device.Id).Presence };

    /// <summary>Whether a connection still stands. What came on another one is not to be carried out any more.</summary>
    private bool IsCurrent(int attempt) => _session.Status is { IsOnline: true } status && status.Attempt == attempt;

    /// <summary>Whether the hub has a device online: a sub-device, or the gateway itself.</summary>
    private bool HasOnline(SubDeviceId id) =>
        _reconciler.StateOf(id) == CloudState.Online || (_session.Status.IsOnline && string.Equals(id.ToString(), _session.Gateway.ToString(), StringComparison.Ordinal));

    private static void OpenOrClose(LaneOutbox outbox, SubDeviceId id, CloudState state)
    {
        if (state == CloudState.Online) outbox.Open(id.ToString());
        else outbox.Close(id.ToString());
    }

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
        _firmware.FollowConnection(status.IsOnline);
        if (status.IsOnline) _reconciler.SessionUp(status.Attempt);
        else _reconciler.SessionLost();
    }

    private void SetPresence(SubDeviceId id, Presence presence, string? reason)
    {
        _firmware.SetPresence(id, presence);
        _overrides.SetPresence(id, presence, reason);
    }

    [LoggerMessage(4401, LogLevel.Information, "The gateway has stopped")]
    private static partial void LogStopped(ILogger logger);

    [LoggerMessage(4402, LogLevel.Error, "Plugin {Plugin} threw on a thread of its own: {Reason}")]
    private static partial void LogPluginCrashed(ILogger logger, string plugin, string reason);
}
