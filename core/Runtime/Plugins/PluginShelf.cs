using System.Collections.Concurrent;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>What a running gateway has of plugins: those that are loaded, and what became of the other
/// entries of the drop folder.</summary>
/// <remarks>Changed by the loop of the <see cref="PluginHost"/> alone, read by anybody.</remarks>
internal sealed class PluginShelf
{
    public ConcurrentDictionary<string, HostedPlugin> Plugins { get; } = new(StringComparer.Ordinal);

    /// <summary>Why an entry is not loaded, by its name.</summary>
    public ConcurrentDictionary<string, PluginFailure> Failures { get; } = new(StringComparer.Ordinal);

    /// <summary>Entries that are still being copied.</summary>
    public ConcurrentDictionary<string, string> Arriving { get; } = new(StringComparer.Ordinal);

    /// <summary>The plugin that came with an entry.</summary>
    public HostedPlugin? FindByEntry(string entry) =>
        Plugins.Values.FirstOrDefault(plugin => string.Equals(plugin.Entry, entry, StringComparison.Ordinal));

    /// <summary>Forgets what became of an entry.</summary>
    public void Clear(string entry)
    {
        Failures.TryRemove(entry, out _);
        Arriving.TryRemove(entry, out _);
    }

    /// <summary>How all of it stands; what was refused first, then by name.</summary>
    public IReadOnlyList<PluginStatus> Status(PluginRecords records, IReadOnlyList<LoadedPlugin> pinned)
    {
        var plugins = Plugins.Values.ToList();
        var entries = plugins.Select(plugin => plugin.Entry).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Failures.Where(failure => !entries.Contains(failure.Key)).OrderBy(failure => failure.Key, StringComparer.Ordinal).Select(
                failure => new PluginStatus
            {
                Name = failure.Value.Name,
                Entry = failure.Key,
                State = PluginState.Refused,
                Reason = failure.Value.Reason,
                Remedy = failure.Value.Remedy,
            }),
            .. Arriving.Where(arriving => !entries.Contains(arriving.Key)).OrderBy(arriving => arriving.Key, StringComparer.Ordinal).Select(
                arriving => new PluginStatus
            {
                Name = arriving.Key,
                Entry = arriving.Key,
                State = PluginState.Arriving,
                Reason = arriving.Value,
            }),
            .. plugins.OrderBy(plugin => plugin.Id, StringComparer.Ordinal).Select(
                plugin => StatusOf(plugin, records.Find(plugin.Id), pinned)),
        ];
    }

    private PluginStatus StatusOf(HostedPlugin plugin, PluginRecord? record, IReadOnlyList<LoadedPlugin> pinned)
    {
        var failure = Failures.GetValueOrDefault(plugin.Entry);
        var (used, trial) = (plugin.InUse, plugin.Trial);
        return new PluginStatus
        {
            Name = plugin.Id,
            Entry = plugin.Entry,
            State = trial is null ? PluginState.Loaded : PluginState.OnTrial,
            Version = used?.Manifest.Version,
            Digest = used?.Manifest.Digest,
            PreviousVersion = trial is null ? record?.Previous?.Version : plugin.Running?.Manifest.Version,
            Drivers = [.. used?.Manifest.Drivers.Select(driver => driver.Info.Name) ?? []],
            TrialLeft = trial?.Left,
            Reason = failure?.Reason,
            Remedy = failure?.Remedy,
            StillInMemory =
            [
                .. pinned.Where(left => string.Equals(left.Manifest.Id, plugin.Id, StringComparison.Ordinal))
                    .Select(left => $"{left.Manifest.Version}: {string.Join("; ", UnloadCheck.CausesOf(left))}"),
            ],
        };
    }
}
