using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Puts down why an entry of the drop folder is not taken in: on the shelf, where it is shown, and in the log, once.</summary>
internal sealed partial class PluginRefusals(PluginShelf shelf, ILogger<PluginRefusals> logger)
{
    /// <summary>Whether a failure has a reason that is worth telling in itself; else it is a mistake of the gateway.</summary>
    public static bool IsOne(Exception exception) => exception is PluginRejectedException or IOException or UnauthorizedAccessException;

    /// <summary>An entry is not taken in.</summary>
    /// <param name="entry">Its name.</param>
    /// <param name="exception">Why.</param>
    /// <param name="again">When it is tried again, to follow the remedy; empty where it is not.</param>
    public void Note(string entry, Exception exception, string again)
    {
        switch (exception)
        {
            case PluginRejectedException refusal:
                Note(entry, refusal.Reason, refusal.Remedy + again);
                break;
            case IOException or UnauthorizedAccessException:
                Note(entry, $"what becomes of it cannot be written down ({exception.Message.TrimEnd('.')})",
                    "check the permissions and the free space of the data folder, and drop it again");
                break;
            default:
                LogMistake(logger, exception, entry);
                Note(entry, $"the gateway made a mistake with it ({exception.GetType().Name})",
                    "report it with the log, and get another version");
                break;
        }
    }

    /// <summary>The same in words.</summary>
    public void Note(string entry, string reason, string remedy)
    {
        shelf.Arriving.TryRemove(entry, out _);
        var failure = new PluginFailure { Name = entry, Reason = reason, Remedy = remedy };
        bool isKnown = shelf.Failures.TryGetValue(entry, out var known) && known == failure;
        shelf.Failures[entry] = failure;
        string runsOn = shelf.FindByEntry(entry)?.Running is { } running ? $" Version {running.Manifest.Version} runs on." : "";
        if (!isKnown) LogFailed(logger, failure, runsOn);
    }

    /// <summary>An entry is as it should be: nothing is said against it any more.</summary>
    public void TakeBack(string entry)
    {
        if (shelf.Failures.ContainsKey(entry)) LogOver(logger, entry);
        shelf.Clear(entry);
    }

    [LoggerMessage(4546, LogLevel.Information, "'{Entry}' in the plugin folder is as it should be again")]
    private static partial void LogOver(ILogger logger, string entry);

    [LoggerMessage(4522, LogLevel.Error, "{Failure}{RunsOn}")]
    private static partial void LogFailed(ILogger logger, PluginFailure failure, string runsOn);

    [LoggerMessage(4537, LogLevel.Error,
        "Plugins: '{Entry}' could not be dealt with, and is not loaded. This is a mistake of the gateway, please report it")]
    private static partial void LogMistake(ILogger logger, Exception exception, string entry);
}
