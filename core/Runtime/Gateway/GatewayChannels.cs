using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>All channels of a gateway, each with its store.</summary>
internal sealed class GatewayChannels : IDisposable
{
    private readonly List<FileChannelStore> _stores = [];

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
        var stores = new PrivateFolder(plan.Data.Folder).Folder("channels");
        var all = new List<ChannelSupervisor>(plan.Channels.Count);
        foreach (var channel in plan.Channels)
        {
            var store = new FileChannelStore(stores.Folder(channel.Name));
            _stores.Add(store);
            all.Add(new ChannelSupervisor(channel, drivers, store, intake, presence, firmware, time, loggers));
        }

        All = all;
    }

    /// <summary>In the order of the plan.</summary>
    public IReadOnlyList<ChannelSupervisor> All { get; }

    public IReadOnlyList<ChannelStatus> Status => [.. All.Select(channel => channel.Standing.Status)];

    public IEnumerable<Func<CancellationToken, Task>> Parts =>
        All.Select<ChannelSupervisor, Func<CancellationToken, Task>>(channel => channel.RunAsync);

    /// <summary>Each of their sub-devices, with its channel.</summary>
    public IEnumerable<(ChannelSupervisor Channel, SubDevicePlan Device)> Devices =>
        All.SelectMany(channel => channel.Plan.Devices, (channel, device) => (channel, device));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var store in _stores) store.Dispose();
    }
}
