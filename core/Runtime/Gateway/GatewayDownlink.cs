using BridgeFramework.Configuration;
using BridgeFramework.Files;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>All that a gateway has of commands on their way down, put together: the router, and the journal of what was begun.</summary>
internal sealed class GatewayDownlink
{
    private readonly GatewayHub _hub;
    private readonly CommandRouter _router;

    /// <param name="plan">What the gateway is to be.</param>
    /// <param name="leaving">The sub-devices that leave.</param>
    /// <param name="channels">Carry commands out.</param>
    /// <param name="subDevices">Which of them the hub has online.</param>
    /// <param name="hub">Where commands come from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    public GatewayDownlink(
        GatewayPlan plan,
        IReadOnlyCollection<LeavingSubDevice> leaving,
        GatewayChannels channels,
        GatewaySubDevices subDevices,
        GatewayHub hub,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        _hub = hub;
        var options = new CommandJournalOptions();
        var journal = new CommandJournal(options, time, loggers.CreateLogger<CommandJournal>());
        var file = new CommandLogFile(new PrivateFolder(plan.Data.Folder).Folder("commands"));
        var writer = new JournalWriter(journal, file, options, time, loggers.CreateLogger<JournalWriter>());
        _router = new CommandRouter(
            journal,
            writer,
            hub.Link,
            subDevices.Reconciler.StateOf,
            hub.IsCurrent,
            hub.Session.Time,
            loggers.CreateLogger<CommandRouter>());
        Apply(channels, leaving);
    }

    public DownlinkStatus Status => _router.Status;

    public Task RunAsync(CancellationToken stopping) => _router.RunAsync(_hub.Commands.Messages, stopping);

    /// <summary>What the hub has of a sub-device has changed: replies go while it has it online.</summary>
    public void Follow(SubDeviceId id) => _router.Follow(id);

    /// <summary>The sub-devices of these channels take commands from now on, and what those have to say that leave is still sent.</summary>
    public void Apply(GatewayChannels channels, IReadOnlyCollection<LeavingSubDevice> leaving) => _router.Apply(
        [
            .. channels.Devices.Select(entry => CommandRoute.Of(entry.Device, entry.Channel.Entrance)),
            .. leaving.Select(device => CommandRoute.Of(device.Id, device.Profile, channel: null)),
        ]);

    /// <summary>Whether a sub-device has commands under way, or replies that the hub does not have.</summary>
    public bool HasReplies(SubDeviceId id) => _router.HasReplies(id);

    /// <summary>A sub-device has left: what it has to say is given up.</summary>
    public void Forget(SubDeviceId id) => _router.Forget(id);
}
