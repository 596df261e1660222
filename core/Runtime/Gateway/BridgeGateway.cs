using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>One gateway, put together: how it stands, and what an operator can do with it.
/// <see cref="GatewayHost"/> makes and runs it.</summary>
public sealed partial class BridgeGateway : IAsyncDisposable
{
    private readonly GatewayHub _hub;
    private readonly GatewayUplink _uplink;
    private readonly GatewaySubDevices _subDevices;
    private readonly GatewayChannels _channels;
    private readonly GatewayDownlink _downlink;
    private readonly GatewayFirmware _firmware;
    private readonly HubNotifications _notifications;
    private readonly Departures _departures;
    private readonly HeldParts _parts;
    private readonly ILogger _logger;
    private volatile GatewayPlan _plan;

    private BridgeGateway(
        GatewayPlan plan,
        HubSessionOptions hub,
        LeavingBook book,
        DriverCatalog drivers,
        TimeProvider time,
        ILoggerFactory loggers,
        HeldParts parts)
    {
        (_plan, _parts) = (plan, parts);
        _logger = loggers.CreateLogger<BridgeGateway>();
        IReadOnlyCollection<LeavingSubDevice> leaving = [.. book.All.Values];
        _hub = parts.Hold(new GatewayHub(plan, hub, time, loggers));
        _uplink = parts.Hold(new GatewayUplink(plan, leaving, _hub, time, loggers));
        _subDevices = new GatewaySubDevices(plan, leaving, _hub, (Follow, FollowConnection), time, loggers);
        _channels = parts.Hold(new GatewayChannels(
            plan, drivers, _uplink.Intake, _subDevices.Reconciler.SetPresence, SetFirmwareVersion, time, loggers));
        _downlink = new GatewayDownlink(plan, leaving, _channels, _subDevices, _hub, time, loggers);
        _firmware = parts.Hold(new GatewayFirmware(plan, leaving, _hub, _channels, _subDevices, drivers, time, loggers));
        _notifications = new HubNotifications(
            _hub.Operations,
            _subDevices.Reconciler,
            () => [.. _channels.All.Select(channel =>
                new ChannelPairing(channel.Plan, channel.Standing, time, loggers.CreateLogger<ChannelPairing>()))],
            () => _plan.Hub.PairingWindow,
            _hub.IsNewest,
            loggers.CreateLogger<HubNotifications>());
        _departures = parts.Hold(new Departures(
            book, new DepartureSteps(this), () => _plan.Uplink.LeaveFor, time, loggers.CreateLogger<Departures>()));
    }

    /// <summary>What it is.</summary>
    public GatewayPlan Plan => _plan;

    /// <summary>The firmware updates of its sub-devices, and its own.</summary>
    public FirmwareUpdates Firmware => _firmware.Updates;

    /// <summary>How it stands now.</summary>
    public GatewayStatus Status => new()
    {
        Hub = _hub.Session.Status,
        Channels = _channels.Status,
        SubDevices = _subDevices.Status,
        Overrides = _subDevices.Reconciler.Overrides,
        Outbox = _uplink.Status,
        Downlink = _downlink.Status,
        Leaving = [.. _departures.All],
    };

    /// <summary>What became of everything that was reported, by sub-device; those that wait from an earlier configuration too.</summary>
    public IReadOnlyList<OwnerLedger> Ledgers => _uplink.Ledgers;

    /// <summary>The latency that live values are to have: the one wanted, or what the rate of the hub allows where that is more.</summary>
    public TimeSpan LatencyTarget => _uplink.LatencyTarget;

    /// <summary>What an operator can do with the sub-devices by hand.</summary>
    public SubDeviceOrders Orders => _subDevices.Orders;

    /// <summary>Its channels, for whoever replaces their plugins.</summary>
    internal IReadOnlyList<ChannelSupervisor> Channels => _channels.All;

    /// <summary>What runs on the side of the hub. It outlives the field: what drivers still report while they end can be sent.</summary>
    internal IReadOnlyList<Func<CancellationToken, Task>> HubParts =>
    [
        _hub.Session.RunAsync,
        .. _subDevices.Parts,
        _notifications.RunAsync,
        .. _uplink.Parts,
        _downlink.RunAsync,
        .. _firmware.HubParts,
        _departures.RunAsync,
    ];

    /// <summary>What runs on the side of the devices.</summary>
    internal IReadOnlyList<Func<CancellationToken, Task>> FieldParts => [_channels.RunAsync, _firmware.RunUpdatesAsync];

    /// <summary>Puts a gateway together; nothing runs yet.</summary>
    /// <param name="plan">What it is to be.</param>
    /// <param name="hub">How it reaches its hub; see <see cref="HubAccess"/> for what a plan says of it.</param>
    /// <param name="earlier">What it was when it ran last; <see langword="null"/> where nobody knows.</param>
    /// <param name="drivers">The drivers that its channels find by name.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <exception cref="ArgumentException">The hub options are out of range.</exception>
    /// <exception cref="IOException">What waits from earlier cannot be opened: the message says why.</exception>
    internal static async Task<BridgeGateway> ComposeAsync(
        GatewayPlan plan,
        HubSessionOptions hub,
        GatewayPlan? earlier,
        DriverCatalog drivers,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        var parts = new HeldParts();
        try
        {
            var book = new LeavingBook(
                new LeavingFile(new PrivateFolder(plan.Data.Folder).File("leaving")), loggers.CreateLogger<LeavingBook>());
            await book.WriteAsync(NextLeaving(book.All, earlier, plan));
            return new BridgeGateway(plan, hub, book, drivers, time, loggers, parts);
        }
        catch
        {
            // Why it failed first is what counts.
            await parts.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Code of a plugin threw where nobody could catch it: the channels that its drivers run are run anew.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="reason">What was thrown, in words.</param>
    internal void PluginCrashed(LoadedPlugin plugin, string reason)
    {
        LogPluginCrashed(_logger, plugin.Manifest.Id, reason);
        foreach (var channel in _channels.All)
            channel.PluginCrashed(plugin, $"Plugin {plugin.Manifest.Id} threw on a thread of its own: {reason}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    // What the hub is known to have of a sub-device has one owner, the reconciler; these act upon it.
    private void Follow(SubDeviceId id, CloudState state)
    {
        _uplink.Follow(id, state);
        _downlink.Follow(id);
        _firmware.Follow(id);
    }

    private void FollowConnection(HubSessionStatus status) => _firmware.FollowConnection(status.IsOnline);

    private void SetFirmwareVersion(SubDeviceId id, string version) => _firmware.SetVersion(id, version);

    [LoggerMessage(4402, LogLevel.Error, "Plugin {Plugin} threw on a thread of its own: {Reason}")]
    internal static partial void LogPluginCrashed(ILogger logger, string plugin, string reason);
}
