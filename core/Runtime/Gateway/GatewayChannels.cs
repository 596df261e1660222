using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>All channels of a gateway, each with its store. They come and go with its plan, see <see cref="ChannelChanges"/>.</summary>
internal sealed class GatewayChannels : IDisposable
{
    private readonly PrivateFolder _stores;
    private readonly Func<ChannelPlan, FileChannelStore, ChannelSupervisor> _make;
    private readonly ChannelRuns _runs = new();
    private readonly Dictionary<ChannelSupervisor, FileChannelStore> _storeOf = [];
    private IReadOnlyList<ChannelPlan> _plan;

    /// <param name="plan">What the gateway is to be.</param>
    /// <param name="drivers">The drivers that channels find by name.</param>
    /// <param name="intake">Where drivers' values go.</param>
    /// <param name="presence">Takes what channels say of their sub-devices.</param>
    /// <param name="firmware">Takes which version a sub-device runs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    public GatewayChannels(
        GatewayPlan plan,
        DriverCatalog drivers,
        UplinkIntake intake,
        Action<SubDeviceId, Presence, string?> presence,
        Action<SubDeviceId, string> firmware,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        _stores = new PrivateFolder(plan.Data.Folder).Folder("channels");
        _make = (channel, store) => new ChannelSupervisor(channel, drivers, store, intake, presence, firmware, time, loggers);
        _plan = plan.Channels;
        All = [.. plan.Channels.Select(Make)];
    }

    /// <summary>In the order of the plan.</summary>
    public IReadOnlyList<ChannelSupervisor> All
    {
        get => Volatile.Read(ref field);
        private set => Volatile.Write(ref field, value);
    }

    public IReadOnlyList<ChannelStatus> Status => [.. All.Select(channel => channel.Standing.Status)];

    /// <summary>Each of their sub-devices as the plan has it, with its channel.</summary>
    public IEnumerable<(ChannelSupervisor Channel, SubDevicePlan Device)> Devices =>
        All.Zip(_plan, (channel, plan) => plan.Devices.Select(device => (channel, device))).SelectMany(devices => devices);

    /// <summary>Runs the channels until told to stop.</summary>
    public Task RunAsync(CancellationToken stopping) => _runs.RunAsync(All, stopping);

    /// <summary>Ends a channel for good; its sub-devices count as they did. It is one of <see cref="All"/> until
    /// <see cref="Take"/>.</summary>
    public Task StopAsync(ChannelSupervisor channel, CancellationToken cancellationToken) => _runs.StopAsync(channel, cancellationToken);

    /// <summary>Has the channels of another plan from now on: those of the same name, and new ones.</summary>
    /// <param name="plan">The channels. Those that are in it no more have been stopped.</param>
    /// <returns>The new ones; they do not run yet.</returns>
    public IReadOnlyList<ChannelSupervisor> Take(IReadOnlyList<ChannelPlan> plan)
    {
        var present = All.ToDictionary(channel => channel.Plan.Name, StringComparer.Ordinal);
        List<ChannelSupervisor> next = [], added = [];
        foreach (var channel in plan)
        {
            if (!present.Remove(channel.Name, out var supervisor))
            {
                added.Add(supervisor = Make(channel));
                supervisor.Standing.PrepareMove(); // a command of a sub-device that moves to it waits for its first run
            }

            next.Add(supervisor);
        }

        (All, _plan) = (next, plan);
        foreach (var gone in present.Values)
            if (_storeOf.Remove(gone, out var store)) store.Dispose();
        return added;
    }

    /// <summary>Begins to run a new channel.</summary>
    public void Start(ChannelSupervisor channel) => _runs.Start(channel);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var store in _storeOf.Values) store.Dispose();
    }

    private ChannelSupervisor Make(ChannelPlan plan)
    {
#pragma warning disable IDISP001 // Until the channel leaves, or the gateway ends.
        var store = new FileChannelStore(_stores.Folder(plan.Name));
#pragma warning restore IDISP001
        var channel = _make(plan, store);
        _storeOf.Add(channel, store);
        return channel;
    }
}
