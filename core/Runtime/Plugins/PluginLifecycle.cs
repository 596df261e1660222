using System.Globalization;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Takes plugins in and out and tries new versions of them. Each step is written down before it is taken.</summary>
/// <remarks>Used by the loop of the <see cref="PluginHost"/> alone, one call after another.</remarks>
internal sealed partial class PluginLifecycle(
    PluginHostOptions options,
    PluginShelf shelf,
    PluginVault vault,
    PluginBook book,
    ChannelStoreCopies stores,
    DriverCatalog drivers,
    PluginSwap swap,
    UnloadCheck unloads,
    TimeProvider time,
    ILogger<PluginLifecycle> logger)
{
    private const int MaxDeaths = 3;
    private readonly PluginPatience _patience = new(time);

    /// <summary>Has something done after what is being done now.</summary>
    public required Action<Func<CancellationToken, Task>> Post { get; init; }

    /// <summary>Has an entry of the drop folder looked at again.</summary>
    public required Action<string> LookAgain { get; init; }

    /// <summary>Takes in what an entry of the drop folder holds.</summary>
    /// <param name="entry">Its name.</param>
    /// <param name="isFinal">Whether nothing more of it will come.</param>
    /// <param name="isOrdered">Whether somebody wants it loaded whatever became of it before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether that is done; else it is worth looking again. A refusal is done, too.</returns>
    public async Task<bool> TakeInAsync(string entry, bool isFinal, bool isOrdered, CancellationToken cancellationToken)
    {
        try
        {
            using var received = await OwnThread.RunAsync(() => vault.Receive(Path.Combine(options.DropFolder, entry)));
            bool isDone = await TakeInAsync(entry, received, isOrdered, cancellationToken);
            if (isDone) shelf.Clear(entry);
            return isDone;
        }
        catch (PluginRejectedException exception) when (exception.MayBeIncomplete && !isFinal)
        {
            if (shelf.Arriving.TryAdd(entry, exception.Reason)) LogArriving(logger, entry, exception.Reason);
            return false;
        }
        catch (PluginRejectedException exception)
        {
            Refuse(entry, exception.Reason, exception.Remedy);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Refuse(entry, $"what becomes of it cannot be written down ({exception.Message.TrimEnd('.')})", "check the permissions and the free space of the data folder, and drop it again");
            return true;
        }
    }

    /// <summary>Loads the version that was in force when the gateway ended, and goes back to it where another was on trial.</summary>
    public async Task ResumeAsync(PluginRecord record, CancellationToken cancellationToken)
    {
        try
        {
            if (record.Trial is { } trial) record = EndTrialOfTheDead(record, trial);
            // Whatever the end of the gateway came between.
            DeleteCopies(record.Id);
            Tidy(record.Id);
            if (record.Current is not { } current)
            {
                if (record.Deaths == 0) book.Write(book.Records.Without(record.Id));
                return;
            }

            var plugin = await LoadAsync(record.Id, current.Digest, record.Entry, cancellationToken);
            Add(plugin, record.Entry);
        }
        catch (PluginRejectedException exception)
        {
            Refuse(record.Entry, exception.Reason, exception.Remedy);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(logger, record.Id, exception.Message);
        }
    }

    /// <summary>Takes a plugin out whose entry is gone: its channels wait.</summary>
    public async Task TakeOutAsync(HostedPlugin plugin, CancellationToken cancellationToken)
    {
        if (plugin.Trial is { } trial)
        {
            // Which of the two runs does not matter any more.
            trial.Stop();
            if (plugin.Running is { } old) _ = unloads.LetGoAsync(old);
            (plugin.Running, plugin.Trial) = (trial.Candidate, null);
        }

        if (plugin.Running is { } running)
        {
            await swap.MoveAsync(running, to: null, _ => Forget(plugin.Id), cancellationToken);
            _ = unloads.LetGoAsync(running);
        }

        shelf.Plugins.TryRemove(plugin.Id, out _);
        shelf.Clear(plugin.Entry);
        vault.Tidy(plugin.Id);
        if (plugin.Running is { } gone) LogOut(logger, plugin.Id, gone.Manifest.Version);
    }

    /// <summary>A plugin whose entry went while no gateway ran.</summary>
    public void Forget(string id)
    {
        Write(id, book.Records.Without(id));
        vault.Tidy(id);
    }

    /// <summary>Brings the version before back, by hand.</summary>
    /// <exception cref="PluginOrderException">There is none, or it cannot come back.</exception>
    public async Task RollBackAsync(HostedPlugin plugin, CancellationToken cancellationToken)
    {
        if (plugin.Trial is { } trial)
        {
            await DecideAsync(plugin, trial, "it was rolled back by hand", cancellationToken);
            return;
        }

        if (plugin.Running is not { } running || book.Records.Find(plugin.Id) is not { Previous: { } previous } record)
            throw new PluginOrderException($"Plugin {plugin.Id} has no version to go back to.");
        LoadedPlugin? target = null;
        try
        {
            target = await LoadAsync(plugin.Id, previous.Digest, plugin.Entry, cancellationToken);
            RefuseUnfit(target, running);
            await swap.MoveAsync(
                running,
                target,
                _ => book.Write(book.Records.With(record with { Current = previous, Previous = null })
                    .WithQuarantined(new QuarantinedPlugin(plugin.Id, HostedPlugin.VersionOf(running), "it was rolled back by hand", time.GetUtcNow()))),
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
        Tidy(plugin.Id);
        LookAgain(plugin.Entry);
    }

    /// <summary>Ends a trial: the new version stays, or the old one comes back.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="trial">The trial; one that was decided already is left alone.</param>
    /// <param name="fault">Why it failed; null if it passed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task DecideAsync(HostedPlugin plugin, SwapTrial trial, string? fault, CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(plugin.Trial, trial) || plugin.Running is not { } old) return;
        trial.Stop();
        var record = book.Records.Find(plugin.Id) ?? new PluginRecord(plugin.Id, plugin.Entry, HostedPlugin.VersionOf(old));
        var (current, candidate) = (HostedPlugin.VersionOf(old), HostedPlugin.VersionOf(trial.Candidate));
        if (fault is null)
        {
            var previous = current == candidate ? record.Previous : current;
            Write(plugin.Id, book.Records.With(record with { Current = candidate, Previous = previous, Trial = null }));
            (plugin.Running, plugin.Trial) = (trial.Candidate, null);
        }
        else
        {
            await swap.MoveAsync(trial.Candidate, old, _ => PutBack(plugin.Id, record, current == candidate ? null : fault), cancellationToken);
            plugin.Trial = null;
            shelf.Failures[plugin.Entry] = InQuarantine(plugin.Id, candidate.Version, fault);
        }

        DeleteCopies(plugin.Id);
        Tidy(plugin.Id);
        // Told when it is done.
        if (fault is null) LogPassed(logger, plugin.Id, candidate.Version, trial.LongestGap?.TotalMilliseconds ?? 0);
        else LogRolledBack(logger, plugin.Id, candidate.Version, current.Version, fault, plugin.Id);
        _ = unloads.LetGoAsync(fault is null ? old : trial.Candidate);
        LookAgain(plugin.Entry);
    }

    /// <summary>The gateway ends during a trial, in peace: it begins anew at the next start. Nothing of the channels runs any more.</summary>
    public void Abandon(HostedPlugin plugin)
    {
        if (plugin.Trial is not { } trial) return;
        trial.Stop();
        if (book.Records.Find(plugin.Id) is { } record) PutBack(plugin.Id, record, fault: null);
        DeleteCopies(plugin.Id);
    }

    private async Task<bool> TakeInAsync(string entry, ReceivedPlugin received, bool isOrdered, CancellationToken cancellationToken)
    {
        var manifest = received.Manifest;
        var plugin = shelf.Plugins.GetValueOrDefault(manifest.Id);
        if (plugin is not null && !string.Equals(plugin.Entry, entry, StringComparison.Ordinal)) Rename(plugin, entry);
        if (plugin?.Trial is { } trial) return string.Equals(trial.Candidate.Manifest.Digest, manifest.Digest, StringComparison.Ordinal);
        // Before the channels run the two cannot be compared: it takes the other's place when it is looked at again.
        if (plugin?.Running is not null && !swap.IsReady) return false;
        if (isOrdered) book.Write(book.Records.WithoutQuarantined(manifest.Digest));
        else if (book.Records.FindQuarantined(manifest.Digest) is { } quarantined)
            throw new PluginRejectedException(
                string.Create(CultureInfo.InvariantCulture, $"this build of {manifest} is in quarantine since {quarantined.At:yyyy-MM-dd HH:mm} UTC: {quarantined.Reason}"), RemedyOf(manifest.Id));
        else if (string.Equals(plugin?.Running?.Manifest.Digest, manifest.Digest, StringComparison.Ordinal)) return true;
        await OwnThread.RunAsync(() => vault.Keep(received));
        await BringInAsync(plugin, manifest, entry, cancellationToken);
        return true;
    }

    /// <summary>Loads a version that was kept, and puts it in the place of the one that runs.</summary>
    private async Task BringInAsync(HostedPlugin? plugin, PluginManifest manifest, string entry, CancellationToken cancellationToken)
    {
        var before = book.Records.Find(manifest.Id);
        var record = (before ?? new PluginRecord(manifest.Id, entry, Current: null)) with { Entry = entry };
        var version = new PluginVersion(manifest.Version, manifest.Digest);
        // From here on code of it runs: a gateway that dies of it must not do so again and again.
        book.Write(book.Records.With(record with { Trial = new PluginTrial(version, []) }));
        LoadedPlugin? candidate = null;
        try
        {
            candidate = await LoadAsync(manifest.Id, manifest.Digest, entry, cancellationToken);
            RefuseUnfit(candidate, plugin?.Running);
            if (plugin?.Running is { } old)
            {
                var held = await swap.MoveAsync(old, candidate, channels => SaveStores(record, version, channels), cancellationToken);
                BeginTrial(plugin, old, candidate, held);
                return;
            }

            book.Write(book.Records.With(record with { Current = version, Previous = null, Trial = null, Deaths = 0 }));
            Add(candidate, entry);
            Tidy(manifest.Id);
        }
        catch
        {
            if (candidate is not null) _ = unloads.LetGoAsync(candidate);
            Write(manifest.Id, before is null ? book.Records.Without(manifest.Id) : book.Records.With(before));
            Tidy(manifest.Id);
            throw;
        }
    }

    /// <summary>Loads a version that was kept. Before it runs, all of it is read and hashed.</summary>
    /// <exception cref="PluginRejectedException">It is not there, damaged, or its code does not do what the manifest says.</exception>
    private async Task<LoadedPlugin> LoadAsync(string id, string digest, string entry, CancellationToken cancellationToken) =>
        await await OwnThread.RunAsync(() => vault.LoadAsync(id, digest, entry, cancellationToken));

    private void BeginTrial(HostedPlugin plugin, LoadedPlugin old, LoadedPlugin candidate, IReadOnlyDictionary<string, HeldChannel> held)
    {
        var trial = new SwapTrial(candidate, swap.ChannelsOf(candidate), held, options.Trial, _patience, time);
        plugin.Trial = trial;
        LogTrial(logger, plugin.Id, candidate.Manifest.Version, old.Manifest.Version, options.Trial.TotalSeconds, held.Count == 0 ? "none" : string.Join(", ", held.Keys.Order(StringComparer.Ordinal)));
        trial.Start(fault => Post(token => DecideAsync(plugin, trial, fault, token)));
    }

    private void SaveStores(PluginRecord record, PluginVersion version, IReadOnlyList<string> channels)
    {
        stores.Save(record.Id, channels);
        book.Write(book.Records.With(record with { Trial = new PluginTrial(version, channels) }));
    }

    private void Add(LoadedPlugin plugin, string entry)
    {
        if (!drivers.TryAdd(plugin, out var taken))
        {
            _ = unloads.LetGoAsync(plugin);
            throw Taken(taken);
        }

        shelf.Plugins[plugin.Manifest.Id] = new HostedPlugin(plugin.Manifest.Id, entry) { Running = plugin };
        foreach (var channel in swap.Channels) channel.DriversChanged();
        // It may have gone again before anybody saw it there.
        LookAgain(entry);
        LogLoaded(logger, plugin.Manifest.Id, plugin.Manifest.Version, Path.Combine(options.DropFolder, entry), string.Join(", ", plugin.Drivers));
    }

    /// <exception cref="PluginRejectedException">It does not go with the other plugins, or with what is configured.</exception>
    private void RefuseUnfit(LoadedPlugin candidate, LoadedPlugin? old)
    {
        foreach (var driver in candidate.Drivers)
            if (drivers.TryGet(driver.Info.Name, out var taken) && !ReferenceEquals(taken.Plugin, old)) throw Taken(taken);
        var names = candidate.Drivers.Select(driver => driver.Info.Name).ToHashSet(StringComparer.Ordinal);
        var orphan = old is null ? null : swap.ChannelsOf(old).FirstOrDefault(channel => !names.Contains(channel.Configuration.Driver));
        if (orphan is not null)
            throw new PluginRejectedException(
                $"it does not bring driver '{orphan.Configuration.Driver}' any more, which channel {orphan.Configuration.Name} uses", "take the channel out of the configuration first, or get a version that brings the driver");
        // Before the gateway runs the configuration as a whole decides whether it does.
        var mistakes = swap.IsReady ? options.FindMistakes(candidate.Drivers) : [];
        if (mistakes.Count > 0)
            throw new PluginRejectedException(
                $"the configuration does not fit it: {mistakes[0].TrimEnd('.')}{(mistakes.Count == 1 ? "" : $" (and {mistakes.Count - 1} more)")}", "correct the configuration, restart the gateway, and drop it again");
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
        Write(id, fault is null || record.Trial is not { } tried ? records : records.WithQuarantined(new QuarantinedPlugin(id, tried.Candidate, fault, time.GetUtcNow())));
    }

    private PluginRecord EndTrialOfTheDead(PluginRecord record, PluginTrial trial)
    {
        if (record.Current is null)
        {
            // There is no version to go back to. Once may be a power cut; a gateway must not die of the same plugin again and again.
            int deaths = record.Deaths + 1;
            bool isDeadly = deaths >= MaxDeaths;
            PutBack(record.Id, record with { Deaths = isDeadly ? 0 : deaths }, isDeadly ? $"the gateway ended {deaths} times while it was loaded" : null);
            LogDiedLoading(logger, record.Id, trial.Candidate.Version, deaths, MaxDeaths);
            return record with { Trial = null, Deaths = isDeadly ? 0 : deaths };
        }

        bool isAnother = record.Current?.Digest is { } digest && !string.Equals(digest, trial.Candidate.Digest, StringComparison.Ordinal);
        PutBack(record.Id, record, isAnother ? "the gateway ended while it was on trial" : null);
        if (record.Current is { } current) LogDied(logger, record.Id, trial.Candidate.Version, current.Version, record.Id);
        return record with { Trial = null };
    }

    private void Rename(HostedPlugin plugin, string entry)
    {
        string present = Path.Combine(options.DropFolder, plugin.Entry);
        if (Directory.Exists(present) || File.Exists(present))
            throw new PluginRejectedException($"plugin {plugin.InUse} in {present} has the same id", "remove one of the two");
        shelf.Clear(plugin.Entry);
        plugin.Entry = entry;
        LookAgain(entry);
        if (book.Records.Find(plugin.Id) is { } record) book.Write(book.Records.With(record with { Entry = entry }));
    }

    private void Refuse(string entry, string reason, string remedy)
    {
        shelf.Arriving.TryRemove(entry, out _);
        var failure = new PluginFailure { Name = entry, Reason = reason, Remedy = remedy };
        bool isKnown = shelf.Failures.TryGetValue(entry, out var known) && known == failure;
        shelf.Failures[entry] = failure;
        if (!isKnown) LogFailed(logger, failure);
    }

    /// <summary>Removes the private copies of a plugin that nothing written down asks for.</summary>
    private void Tidy(string id)
    {
        var record = book.Records.Find(id);
        vault.Tidy(id, new[] { record?.Current, record?.Previous, record?.Trial?.Candidate }.OfType<PluginVersion>().Select(version => version.Digest));
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

    /// <summary>Writes down what has happened already; where that fails it is told, and a restart knows only what was written before.</summary>
    private void Write(string id, PluginRecords records)
    {
        try
        {
            book.Write(records);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(logger, id, exception.Message);
        }
    }

    private static PluginRejectedException Taken(CatalogedDriver taken) => new(
        $"its driver '{taken.Registration.Info.Name}' is already brought by {(taken.Plugin is null ? "the program" : $"plugin {taken.Plugin} in {taken.Plugin.Folder}")}", "remove one of the two");

    private static PluginFailure InQuarantine(string id, string version, string fault) => new()
    {
        Name = id,
        Reason = $"version {version} did not pass its trial: {fault}",
        Remedy = RemedyOf(id),
    };

    private static string RemedyOf(string id) => $"drop a corrected version, or order 'bridge plugin reload {id}' to try it again";

    [LoggerMessage(4521, LogLevel.Information, "Loaded plugin {Plugin} {Version} from {Entry}, drivers: {Drivers}")]
    private static partial void LogLoaded(ILogger logger, string plugin, string version, string entry, string drivers);

    [LoggerMessage(4522, LogLevel.Error, "{Failure}")]
    private static partial void LogFailed(ILogger logger, PluginFailure failure);

    [LoggerMessage(4523, LogLevel.Information, "'{Entry}' in the plugin folder is not complete yet: {Reason}")]
    private static partial void LogArriving(ILogger logger, string entry, string reason);

    [LoggerMessage(4524, LogLevel.Information, "Plugin {Plugin} {Version} takes over from {Old} for a trial of {Seconds:0.###} s, channels: {Channels}")]
    private static partial void LogTrial(ILogger logger, string plugin, string version, string old, double seconds, string channels);

    [LoggerMessage(4525, LogLevel.Information, "Plugin {Plugin} {Version} has passed its trial; longest gap of a channel: {Milliseconds:0} ms")]
    private static partial void LogPassed(ILogger logger, string plugin, string version, double milliseconds);

    [LoggerMessage(4526, LogLevel.Error, "Plugin {Plugin} {Version} did not pass its trial, {Old} runs again: {Reason}. It is not loaded again by itself: drop a corrected version, or order 'bridge plugin reload {Id}'")]
    private static partial void LogRolledBack(ILogger logger, string plugin, string version, string old, string reason, string id);

    [LoggerMessage(4527, LogLevel.Information, "Plugin {Plugin} {Version} is out; its channels wait for its drivers")]
    private static partial void LogOut(ILogger logger, string plugin, string version);

    [LoggerMessage(4528, LogLevel.Warning, "What has become of plugin {Plugin} cannot be written down: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string plugin, string reason);

    [LoggerMessage(4529, LogLevel.Warning, "The gateway ended while plugin {Plugin} {Version} was on trial: {Old} runs, the other is not loaded again by itself ('bridge plugin reload {Id}' tries it)")]
    private static partial void LogDied(ILogger logger, string plugin, string version, string old, string id);

    [LoggerMessage(4532, LogLevel.Warning, "The gateway ended while plugin {Plugin} {Version} was loaded for the first time ({Deaths} of {Most} times before it is not loaded any more)")]
    private static partial void LogDiedLoading(ILogger logger, string plugin, string version, int deaths, int most);

    [LoggerMessage(4530, LogLevel.Information, "Plugin {Plugin} {Version} is back in the place of {Old}, by hand")]
    private static partial void LogByHand(ILogger logger, string plugin, string version, string old);

    [LoggerMessage(4531, LogLevel.Warning, "The stores of the channels of plugin {Plugin} cannot be put back as they were before the trial: {Reason}")]
    private static partial void LogStoresLost(ILogger logger, string plugin, string reason);
}
