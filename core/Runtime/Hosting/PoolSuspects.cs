using System.Globalization;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Who keeps the threads of the pool, as far as it can be known.</summary>
/// <param name="Text">In words.</param>
/// <param name="Culprit">The plugin that stands out; <see langword="null"/> where none does.</param>
internal sealed record PoolSuspects(string Text, LoadedPlugin? Culprit)
{
    /// <summary>From here on a queue is not the work of every day.</summary>
    private const int Many = 16;
    private const int MostNamed = 5;
    private const string NobodyKnown = "nobody is known who does";

    public static PoolSuspects Unknown { get; } = new(NobodyKnown, Culprit: null);

    /// <summary>Looks at what waits in the queue, and at the calls into drivers that have not returned.</summary>
    public static PoolSuspects Find(IReadOnlyList<LoadedPlugin> plugins, IReadOnlyList<ChannelSupervisor> channels)
    {
        var counts = QueuedWork.CountOf(plugins).ToDictionary();
        List<string> said = [.. counts.Where(entry => entry.Value > 1).OrderByDescending(entry => entry.Value)
            .Select(entry => Describe(entry.Key, entry.Value, channels)).Take(MostNamed)];
        foreach (var channel in channels)
        {
            if (channel.Standing.Calls.Describe() is not { } call) continue;
            if (OwnerOf(channel, plugins) is { } owner) counts[owner] = counts.GetValueOrDefault(owner) + channel.Standing.Calls.Count;
            if (said.Count < MostNamed) said.Add($"channel {channel.Plan.Name}: {call}");
        }

        return new PoolSuspects(said.Count == 0 ? NobodyKnown : string.Join("; ", said), CulpritAmong(counts));
    }

    /// <summary>The one that has more than all others together. What waits behind it is theirs, too.</summary>
    private static LoadedPlugin? CulpritAmong(Dictionary<LoadedPlugin, int> counts)
    {
        var most = counts.OrderByDescending(entry => entry.Value).FirstOrDefault();
        return most.Value >= Many && most.Value > counts.Values.Sum() - most.Value ? most.Key : null;
    }

    private static string Describe(LoadedPlugin plugin, int items, IReadOnlyList<ChannelSupervisor> channels)
    {
        string[] names = [.. channels.Where(channel => Brings(plugin, channel)).Select(channel => channel.Plan.Name).Take(MostNamed)];
        return string.Create(CultureInfo.InvariantCulture, $"plugin {plugin.Manifest.Id} has {items} pieces of work in the queue "
            + $"({(names.Length == 0 ? "no channel" : $"channel {string.Join(", ", names)}")})");
    }

    private static LoadedPlugin? OwnerOf(ChannelSupervisor channel, IReadOnlyList<LoadedPlugin> plugins) =>
        channel.Standing.Run?.Plugin ?? plugins.FirstOrDefault(plugin => Brings(plugin, channel));

    private static bool Brings(LoadedPlugin plugin, ChannelSupervisor channel) =>
        plugin.Drivers.Any(driver => string.Equals(driver.Info.Name, channel.Plan.Driver, StringComparison.Ordinal));
}
