using BridgeFramework.Files;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>How the process before has ended, and what follows for its plugins.</summary>
/// <remarks>It may be killed at any step and begin anew: no end is judged twice.</remarks>
internal sealed partial class PastEnd(
    PrivateFile lastWords, RunMark mark, PluginBook book, TimeProvider time, ILogger<PastEnd> logger)
{
    /// <summary>Leaves out what it ended of, or may have ended of. To be called before anything is loaded.</summary>
    public void Heed()
    {
        var words = LastWords.TryRead(lastWords);
        string? dead = mark.FindDead();
        if (words is not null) LogLastWords(logger, words.At, words.Reason);
        bool isJudged = dead is not null && string.Equals(dead, book.Records.JudgedRun, StringComparison.Ordinal);
        var judged = words is { Plugin: { } id, Version: { } version }
            ? OfName(new QuarantinedPlugin(id, version, words.Reason.TrimEnd('.'), words.At))
            : isJudged || (words is null && dead is null) ? book.Records.With(book.Records.Search.Ended())
            : OfNobody();
        if (dead is not null) judged = judged with { JudgedRun = dead };
        try
        {
            if (words is not null || dead is not null || book.Records.Search.IsRunning) book.Write(judged);
            lastWords.Delete();
            mark.Forget();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotHeeded(logger, exception.Message);
        }
    }

    /// <summary>A death with a name counts against that plugin alone.</summary>
    private PluginRecords OfName(QuarantinedPlugin deadly)
    {
        LogLeftOut(logger, deadly.Id, deadly.Version.Version, deadly.Id);
        var records = book.Records.WithDeadly(deadly);
        return records.With(records.Search.Ended());
    }

    private PluginRecords OfNobody()
    {
        var before = book.Records;
        var records = NamelessDeath.After(before, time.GetUtcNow());
        if (!before.Search.IsRunning && before.Search.IsOn) LogAcquitted(logger);
        else if (!before.Search.IsRunning) LogNobody(logger);
        else if (records.Quarantine.FirstOrDefault(version => version.IsNameless && !before.Quarantine.Contains(version)) is { } found)
            LogFound(logger, found.Id, found.Version.Version, found.Reason, found.Id);
        else if (records.Search.Suspects is [{ HasChance: true } only])
            LogChance(logger, only.Id, only.Version.Version);
        else
            LogSearches(logger, string.Join(", ", records.Search.Suspects.Where(suspect => suspect.IsLeftOut)
                .Select(suspect => $"{suspect.Id} {suspect.Version.Version}")));
        return records;
    }

    [LoggerMessage(4533, LogLevel.Warning, "The gateway ended itself at {At:u}: {Reason}")]
    private static partial void LogLastWords(ILogger logger, DateTimeOffset at, string reason);

    [LoggerMessage(4534, LogLevel.Error,
        "Plugin {Plugin} {Version}, whose doing it was, is left out: drop a corrected version, or order 'bridge plugin reload {Id}'")]
    private static partial void LogLeftOut(ILogger logger, string plugin, string version, string id);

    [LoggerMessage(4535, LogLevel.Error, "What the gateway ended of cannot be written down, and may be loaded again: {Reason}")]
    private static partial void LogNotHeeded(ILogger logger, string reason);

    [LoggerMessage(4538, LogLevel.Warning, "The gateway has died without a word. Every plugin that ran is proven: none is left out for it")]
    private static partial void LogNobody(ILogger logger);

    [LoggerMessage(4544, LogLevel.Warning,
        "The gateway has died without a word while all plugins that are not proven were left out: it was none of them, and they come back")]
    private static partial void LogAcquitted(ILogger logger);

    [LoggerMessage(4539, LogLevel.Warning,
        "The gateway has died without a word, and plugins ran that are not proven. Left out until it is known which it was: {Plugins}")]
    private static partial void LogSearches(ILogger logger, string plugins);

    [LoggerMessage(4543, LogLevel.Warning, "The gateway has died without a word, and plugin {Plugin} {Version} is not proven. It runs: at "
        + "another such death it is left out")]
    private static partial void LogChance(ILogger logger, string plugin, string version);

    [LoggerMessage(4540, LogLevel.Error, "Plugin {Plugin} {Version} is found to end the gateway ({Reason}), and is left out: drop a "
        + "corrected version, or order 'bridge plugin reload {Id}'")]
    private static partial void LogFound(ILogger logger, string plugin, string version, string reason, string id);
}
