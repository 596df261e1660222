using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Tries a new version of a plugin in the place of the old one, and goes back where it does not do as well, where somebody wants
/// it, or where the gateway died of it.</summary>
/// <remarks>Used by the loop of the <see cref="PluginHost"/> alone, one call after another.</remarks>
internal sealed partial class PluginTrials(
    TimeSpan duration,
    PluginShelf shelf,
    KeptVersions versions,
    PluginBook book,
    ChannelStoreCopies stores,
    PluginSwap swap,
    PluginFit fit,
    UnloadCheck unloads,
    TimeProvider time,
    ILogger<PluginTrials> logger)
{
    private const string ByHand = "it was rolled back by hand";
    private readonly PluginPatience _patience = new(time);

    /// <summary>Has something done after what is being done now.</summary>
    public required Action<Func<CancellationToken, Task>> Post { get; init; }

    /// <summary>Has an entry of the drop folder looked at again.</summary>
    public required Action<string> LookAgain { get; init; }

    /// <summary>What to do about a version that is in quarantine.</summary>
    public static string RemedyOf(string id) => $"drop a corrected version, or order 'bridge plugin reload {id}' to try it again";

    /// <summary>Puts a new version in the place of the old one, which stays at hand, and begins to watch it.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="old">The version that runs.</param>
    /// <param name="candidate">The new one.</param>
    /// <param name="record">What is written down of the plugin.</param>
    /// <param name="cancellationToken">Gives up; the old version goes on.</param>
    public async Task BeginAsync(
        HostedPlugin plugin, LoadedPlugin old, LoadedPlugin candidate, PluginRecord record, CancellationToken cancellationToken)
    {
        var held = await swap.MoveAsync(old, candidate, SaveStores, cancellationToken);
        var trial = new SwapTrial(candidate, swap.ChannelsOf(candidate), held, duration, _patience, time);
        plugin.Trial = trial;
        LogTrial(logger, plugin.Id, candidate.Manifest.Version, old.Manifest.Version, duration.TotalSeconds, held.Count == 0 ? "none"
            : string.Join(", ", held.Keys.Order(StringComparer.Ordinal)));
        trial.Start(fault => Post(token => DecideAsync(plugin, trial, fault, token)));

        void SaveStores(IReadOnlyList<string> channels)
        {
            stores.Save(record.Id, channels);
            book.Write(book.Records.With(record with { Trial = new PluginTrial(HostedPlugin.VersionOf(candidate), channels) }));
        }
    }

    /// <summary>Brings the version before back, by hand.</summary>
    /// <exception cref="PluginOrderException">There is none, or it cannot come back.</exception>
    public async Task RollBackAsync(HostedPlugin plugin, CancellationToken cancellationToken)
    {
        if (plugin.Trial is { } trial)
        {
            await DecideAsync(plugin, trial, ByHand, cancellationToken);
            return;
        }

        if (plugin.Running is not { } running || book.Records.Find(plugin.Id) is not { Previous: { } previous } record)
            throw new PluginOrderException($"Plugin {plugin.Id} has no version to go back to.");
        LoadedPlugin? target = null;
        try
        {
            target = await versions.LoadAsync(plugin.Id, previous, plugin.Entry, cancellationToken);
            fit.Check(target, running);
            await swap.MoveAsync(
                running,
                target,
                _ => book.Write(book.Records.With(record with { Current = previous, Previous = null })
                    .WithQuarantined(new QuarantinedPlugin(plugin.Id, HostedPlugin.VersionOf(running), ByHand, time.GetUtcNow()))),
                cancellationToken);
        }
        catch (Exception exception) when (exception is PluginRejectedException or IOException or UnauthorizedAccessException)
        {
            if (target is not null) _ = unloads.LetGoAsync(target);
            throw new PluginOrderException($"Plugin {plugin.Id} {previous.Version} cannot come back: {exception.Message.TrimEnd('.')}.");
        }

        plugin.Running = target;
        LogByHand(logger, plugin.Id, previous.Version, running.Manifest.Version);
        _ = unloads.LetGoAsync(running);
        versions.Tidy(plugin.Id);
        LookAgain(plugin.Entry);
    }

    /// <summary>Ends a trial: the new version stays, or the old one comes back.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="trial">The trial; one that was decided already is left alone.</param>
    /// <param name="fault">Why it failed; null if it passed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task DecideAsync(HostedPlugin plugin, SwapTrial trial, string? fault, CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(plugin.Trial, trial) || plugin.Running is not { } old) return;
        trial.Stop();
        var record = book.Records.Find(plugin.Id) ?? new PluginRecord(plugin.Id, plugin.Entry, HostedPlugin.VersionOf(old));
        var (current, candidate) = (HostedPlugin.VersionOf(old), HostedPlugin.VersionOf(trial.Candidate));
        if (fault is null)
        {
            var previous = current == candidate ? record.Previous : current;
            book.Note(book.Records.With(record with { Current = candidate, Previous = previous, Trial = null }));
            (plugin.Running, plugin.Trial) = (trial.Candidate, null);
        }
        else
        {
            await swap.MoveAsync(
                trial.Candidate, old, _ => PutBack(plugin.Id, record, current == candidate ? null : fault), cancellationToken);
            plugin.Trial = null;
            shelf.Failures[plugin.Entry] = InQuarantine(plugin.Id, candidate.Version, fault);
        }

        DeleteCopies(plugin.Id);
        versions.Tidy(plugin.Id);
        // Told when it is done.
        if (fault is null) LogPassed(logger, plugin.Id, candidate.Version, trial.LongestGap?.TotalMilliseconds ?? 0);
        else LogRolledBack(logger, plugin.Id, candidate.Version, current.Version, fault, plugin.Id);
        _ = unloads.LetGoAsync(fault is null ? old : trial.Candidate);
        LookAgain(plugin.Entry);
    }

    /// <summary>The gateway ends during a trial, in peace: it begins anew at the next start. Nothing of the
    /// channels runs any more.</summary>
    public void Abandon(HostedPlugin plugin)
    {
        if (plugin.Trial is not { } trial) return;
        trial.Stop();
        if (book.Records.Find(plugin.Id) is { } record) PutBack(plugin.Id, record, fault: null);
        DeleteCopies(plugin.Id);
    }

    /// <summary>The plugin goes, whichever of its two versions runs: the trial is over.</summary>
    public void Cut(HostedPlugin plugin)
    {
        if (plugin.Trial is not { } trial) return;
        trial.Stop();
        if (plugin.Running is { } old) _ = unloads.LetGoAsync(old);
        (plugin.Running, plugin.Trial) = (trial.Candidate, null);
        DeleteCopies(plugin.Id);
    }

    /// <summary>Ends the trial that was under way when the process before ended: where that is held against the new version, the one in
    /// force comes back; else it begins anew.</summary>
    /// <returns>What is written down of it then.</returns>
    public PluginRecord EndOfThePast(PluginRecord record)
    {
        if (record.Trial is { } trial)
        {
            PutBack(record.Id, record, fault: null);
            if (record.Current is { } current && book.Records.FindQuarantined(trial.Candidate.Digest) is not null)
                LogDied(logger, record.Id, trial.Candidate.Version, current.Version, record.Id);
            record = record with { Trial = null };
        }

        DeleteCopies(record.Id);
        return record;
    }

    /// <summary>The old version's state as it was before a trial, on the disk.</summary>
    private void PutBack(string id, PluginRecord record, string? fault)
    {
        try
        {
            if (record.Trial is { } trial) stores.Restore(id, trial.Channels);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogStoresLost(logger, id, exception.Message);
        }

        var records = book.Records.With(record with { Trial = null });
        book.Note(fault is null || record.Trial is not { } tried ? records
            : records.WithQuarantined(new QuarantinedPlugin(id, tried.Candidate, fault, time.GetUtcNow())));
    }

    private void DeleteCopies(string id)
    {
        try
        {
            stores.Delete(id);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next trial replaces them.
        }
    }

    private static PluginFailure InQuarantine(string id, string version, string fault) => new()
    {
        Name = id,
        Reason = $"version {version} did not pass its trial: {fault}",
        Remedy = RemedyOf(id),
    };

    [LoggerMessage(4524, LogLevel.Information,
        "Plugin {Plugin} {Version} takes over from {Old} for a trial of {Seconds:0.###} s, channels: {Channels}")]
    private static partial void LogTrial(ILogger logger, string plugin, string version, string old, double seconds, string channels);

    [LoggerMessage(4525, LogLevel.Information,
        "Plugin {Plugin} {Version} has passed its trial; longest gap of a channel: {Milliseconds:0} ms")]
    private static partial void LogPassed(ILogger logger, string plugin, string version, double milliseconds);

    [LoggerMessage(4526, LogLevel.Error, "Plugin {Plugin} {Version} did not pass its trial, {Old} runs again: {Reason}. It is not loaded "
        + "again by itself: drop a corrected version, or order 'bridge plugin reload {Id}'")]
    private static partial void LogRolledBack(ILogger logger, string plugin, string version, string old, string reason, string id);

    [LoggerMessage(4529, LogLevel.Warning, "The gateway ended while plugin {Plugin} {Version} was on trial: {Old} runs, the other is not "
        + "loaded again by itself ('bridge plugin reload {Id}' tries it)")]
    private static partial void LogDied(ILogger logger, string plugin, string version, string old, string id);

    [LoggerMessage(4530, LogLevel.Information, "Plugin {Plugin} {Version} is back in the place of {Old}, by hand")]
    private static partial void LogByHand(ILogger logger, string plugin, string version, string old);

    [LoggerMessage(4531, LogLevel.Warning,
        "The stores of the channels of plugin {Plugin} cannot be put back as they were before the trial: {Reason}")]
    private static partial void LogStoresLost(ILogger logger, string plugin, string reason);
}
