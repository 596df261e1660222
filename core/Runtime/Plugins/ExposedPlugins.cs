using System.Collections.Concurrent;
using BridgeFramework.Files;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The entries of the drop folder that are used though others, or their group, can change them.</summary>
internal sealed partial class ExposedPlugins(ILogger<ExposedPlugins> logger)
{
    private readonly ConcurrentDictionary<string, Exposure> _found = new(StringComparer.Ordinal);

    /// <summary>A sentence on each, by name.</summary>
    public IReadOnlyList<string> Warnings =>
        [.. _found.OrderBy(found => found.Key, StringComparer.Ordinal).Select(found => WarningOf(found.Key, found.Value))];

    /// <summary>Takes what is known of an entry, and says it once.</summary>
    /// <param name="entry">Its name.</param>
    /// <param name="exposure">Who can change it; <see langword="null"/> for nobody, or when it is gone.</param>
    public void Note(string entry, Exposure? exposure)
    {
        if (exposure is null)
        {
            _found.TryRemove(entry, out _);
        }
        else if (_found.GetValueOrDefault(entry) != exposure)
        {
            _found[entry] = exposure;
            LogExposed(logger, WarningOf(entry, exposure));
        }
    }

    private static string WarningOf(string entry, Exposure exposure) => $"Plugin '{entry}' may not be what it was: {exposure}";

    [LoggerMessage(4545, LogLevel.Warning, "{Warning}")]
    private static partial void LogExposed(ILogger logger, string warning);
}
