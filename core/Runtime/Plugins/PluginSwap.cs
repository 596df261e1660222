using System.Diagnostics.CodeAnalysis;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Puts one version of a plugin in the place of another: holds the channels concerned and no others,
/// and lets them go on with the new one.</summary>
internal sealed class PluginSwap(DriverCatalog drivers)
{
    private Func<IReadOnlyList<ChannelSupervisor>> _channels = () => [];

    /// <summary>The channels that the gateway has now; none before there is one.</summary>
    public IReadOnlyList<ChannelSupervisor> Channels => _channels();

    /// <summary>Whether there is a gateway whose channels move.</summary>
    public bool IsReady { get; private set; }

    /// <summary>There is a gateway now.</summary>
    /// <param name="channels">Its channels, which come and go with its plan.</param>
    public void Begin(Func<IReadOnlyList<ChannelSupervisor>> channels) => (_channels, IsReady) = (channels, true);

    /// <summary>The channels whose driver one of these plugins brings.</summary>
    public IReadOnlyList<ChannelSupervisor> ChannelsOf(params IEnumerable<LoadedPlugin> plugins)
    {
        var names = plugins.SelectMany(plugin => plugin.Drivers).Select(driver => driver.Info.Name).ToHashSet(StringComparer.Ordinal);
        return [.. Channels.Where(channel => names.Contains(channel.Plan.Driver))];
    }

    /// <summary>Adds the drivers of a plugin; channels that waited for them start.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="taken">A driver that has one of the names already.</param>
    /// <returns><see langword="false"/> when a name is taken; nothing was added then.</returns>
    public bool TryAdd(LoadedPlugin plugin, [NotNullWhen(false)] out CatalogedDriver? taken)
    {
        if (!drivers.TryAdd(plugin, out taken)) return false;
        foreach (var channel in Channels) channel.DriversChanged();
        return true;
    }

    /// <summary>Moves the channels of a plugin from one version to another.</summary>
    /// <param name="from">The version that runs.</param>
    /// <param name="to">The one that is to run; <see langword="null"/> for none, then its channels wait.</param>
    /// <param name="meanwhile">Runs while nothing of the channels does. If it throws, they go on as before.</param>
    /// <param name="cancellationToken">Gives up; the channels go on as before.</param>
    /// <returns>How each channel did before, by name.</returns>
    public async Task<IReadOnlyDictionary<string, HeldChannel>> MoveAsync(
        LoadedPlugin from, LoadedPlugin? to, Action<IReadOnlyList<string>> meanwhile, CancellationToken cancellationToken)
    {
        var channels = to is null ? ChannelsOf(from) : ChannelsOf(from, to);
        string[] names = [.. channels.Select(channel => channel.Plan.Name)];
        try
        {
            var held = await Task.WhenAll(channels.Select(channel => channel.HoldAsync(MoveReason.Plugin, cancellationToken)));
            meanwhile(names);
            drivers.Replace(from, to);
            return names.Zip(held).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        }
        finally
        {
            foreach (var channel in channels) channel.Release();
            // A driver may be new to a channel that waited for it.
            foreach (var channel in Channels.Except(channels)) channel.DriversChanged();
        }
    }
}
