using BridgeFramework.Files;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>How the process before has ended, as far as it could say so itself.</summary>
internal sealed partial class PastEnd(PrivateFile lastWords, PluginBook book, ILogger<PastEnd> logger)
{
    /// <summary>Leaves out what it ended of. To be called before anything is loaded.</summary>
    /// <returns>The plugin whose doing it was; <see langword="null"/> where nobody is known.</returns>
    public string? Heed()
    {
        if (LastWords.TryRead(lastWords) is not { } words) return null;
        LogLastWords(logger, words.At, words.Reason);
        try
        {
            if (words is { Plugin: { } id, Version: { } version })
            {
                book.Write(book.Records.WithDeadly(new QuarantinedPlugin(id, version, words.Reason.TrimEnd('.'), words.At)));
                LogLeftOut(logger, id, version.Version, id);
            }

            lastWords.Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotHeeded(logger, exception.Message);
        }

        return words.Version is null ? null : words.Plugin;
    }

    [LoggerMessage(4533, LogLevel.Warning, "The gateway ended itself at {At:u}: {Reason}")]
    private static partial void LogLastWords(ILogger logger, DateTimeOffset at, string reason);

    [LoggerMessage(4534, LogLevel.Error,
        "Plugin {Plugin} {Version}, whose doing it was, is left out: drop a corrected version, or order 'bridge plugin reload {Id}'")]
    private static partial void LogLeftOut(ILogger logger, string plugin, string version, string id);

    [LoggerMessage(4535, LogLevel.Error, "What the gateway ended of cannot be written down, and may be loaded again: {Reason}")]
    private static partial void LogNotHeeded(ILogger logger, string reason);
}
