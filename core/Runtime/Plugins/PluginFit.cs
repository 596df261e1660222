using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Says whether a plugin that is loaded goes with the other plugins and with what is configured.</summary>
internal sealed class PluginFit(
    DriverCatalog drivers, PluginSwap swap, Func<IReadOnlyList<DriverRegistration>, IReadOnlyList<string>> findMistakes)
{
    /// <param name="candidate">The plugin.</param>
    /// <param name="old">The version of it whose place it is to take; <see langword="null"/> for none.</param>
    /// <exception cref="PluginRejectedException">It does not.</exception>
    public void Check(LoadedPlugin candidate, LoadedPlugin? old)
    {
        foreach (var driver in candidate.Drivers)
            if (drivers.TryGet(driver.Info.Name, out var taken) && !ReferenceEquals(taken.Plugin, old)) throw Taken(taken);
        var names = candidate.Drivers.Select(driver => driver.Info.Name).ToHashSet(StringComparer.Ordinal);
        if (old is not null && swap.ChannelsOf(old).FirstOrDefault(channel => !names.Contains(channel.Plan.Driver)) is { } orphan)
            throw new PluginRejectedException(
                $"it does not bring driver '{orphan.Plan.Driver}' any more, which channel {orphan.Plan.Name} uses",
                    "take the channel out of the configuration first, or get a version that brings the driver");
        // Before the gateway runs the configuration as a whole decides whether it does.
        var mistakes = swap.IsReady ? findMistakes(candidate.Drivers) : [];
        if (mistakes.Count > 0)
            throw new PluginRejectedException(
                $"the configuration does not fit it: "
                    + $"{mistakes[0].TrimEnd('.')}{(mistakes.Count == 1 ? "" : $" (and {mistakes.Count - 1} more)")}",
                        "correct the configuration, restart the gateway, and drop it again");
    }

    /// <summary>Another has the name of its driver.</summary>
    public static PluginRejectedException Taken(CatalogedDriver taken) => new(
        $"its driver '{taken.Registration.Info.Name}' is already brought by "
            + $"{(taken.Plugin is null ? "the program" : $"plugin {taken.Plugin} in {taken.Plugin.Folder}")}", "remove one of the two");
}
