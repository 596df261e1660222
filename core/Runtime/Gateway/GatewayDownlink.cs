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
    /// <param name="channels">Carry commands out.</param>
    /// <param name="subDevices">Which of them the hub has online.</param>
    /// <param name="hub">Where commands come from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    public GatewayDownlink(
        GatewayPlan plan,
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
            channels.All.SelectMany(RecipientsOf),
            journal,
            writer,
            hub.Link,
            subDevices.Reconciler.StateOf,
            hub.IsCurrent,
            hub.Session.Time,
            loggers.CreateLogger<CommandRouter>());
    }

    public DownlinkStatus Status => _router.Status;

    public Task RunAsync(CancellationToken stopping) => _router.RunAsync(_hub.Commands.Messages, stopping);

    /// <summary>What the hub has of a sub-device has changed: replies go while it has it online.</summary>
    public void Follow(SubDeviceId id) => _router.Follow(id);

    private static IEnumerable<CommandRecipient> RecipientsOf(ChannelSupervisor channel)
    {
        var entrance = new CommandEntrance(channel.Plan, channel.Standing);
        return channel.Plan.Devices.Select(device => new CommandRecipient(device, entrance));
    }
}
