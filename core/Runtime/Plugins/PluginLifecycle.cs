using System.Globalization;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Takes plugins in and out. Each step is written down before it is taken.</summary>
/// <remarks>Used by the loop of the <see cref="PluginHost"/> alone, one call after another.</remarks>
internal sealed partial class PluginLifecycle(
    string dropFolder,
    PluginShelf shelf,
    PluginVault vault,
    KeptVersions versions,
    PluginBook book,
    PluginSwap swap,
    PluginFit fit,
    PluginTrials trials,
    UnloadCheck unloads,
    ILogger<PluginLifecycle> logger)
{
    /// <summary>Takes in what an entry of the drop folder holds.</summary>
    /// <param name="entry">Its name.</param>
    /// <param name="isFinal">Whether nothing more of it will come.</param>
    /// <param name="isOrdered">Whether somebody wants it loaded whatever became of it before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether that is done; else it is worth looking again. A refusal is done, too.</returns>
    public async Task<bool> TakeInAsync(string entry, bool isFinal, bool isOrdered, CancellationToken cancellationToken)
    {
        string path = Path.Combine(dropFolder, entry);
        try
        {
            using var received = await vault.ReceiveAsync(path, cancellationToken);
            if (received is null) return true; // it went while something else was being done: whoever watches hears of that
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
            Refuse(entry, $"what becomes of it cannot be written down ({exception.Message.TrimEnd('.')})",
                "check the permissions and the free space of the data folder, and drop it again");
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            RefuseAfter(exception, entry);
            return true;
        }
    }

    /// <summary>An entry does not answer; a version of it that runs goes on, from its private copy.</summary>
    public void RefuseSilent(string entry) => Refuse(
        entry, "the file system that it is on does not answer", "look at that, or take it away; it is taken in when it answers");

    /// <summary>Loads the version that was in force when the gateway ended, and goes back to it where another was on trial.</summary>
    public async Task ResumeAsync(PluginRecord record, CancellationToken cancellationToken)
    {
        try
        {
            record = trials.EndOfTheDead(record);
            versions.Tidy(record.Id); // whatever the end of the gateway came between
            if (record.Current is not { } current)
            {
                if (record.Deaths == 0) book.Write(book.Records.Without(record.Id));
                return;
            }

            var plugin = await versions.LoadAsync(record.Id, current, record.Entry, cancellationToken);
            Add(plugin, record.Entry);
        }
        catch (PluginRejectedException exception)
        {
            Refuse(record.Entry, exception.Reason, exception.Remedy);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Refuse(record.Entry, $"its version {record.Current?.Version} cannot be loaded ({exception.Message.TrimEnd('.')})",
                "check the permissions and the free space of the data folder, and restart the gateway");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            RefuseAfter(exception, record.Entry);
        }
    }

    /// <summary>Takes a plugin out whose entry is gone: its channels wait.</summary>
    public async Task TakeOutAsync(HostedPlugin plugin, CancellationToken cancellationToken)
    {
        trials.Cut(plugin);
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
        book.Note(book.Records.Without(id));
        vault.Tidy(id);
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
                string.Create(CultureInfo.InvariantCulture, $"this build of {manifest} is in quarantine since "
                    + $"{quarantined.At:yyyy-MM-dd HH:mm} UTC: {quarantined.Reason}"), PluginTrials.RemedyOf(manifest.Id));
        else if (string.Equals(plugin?.Running?.Manifest.Digest, manifest.Digest, StringComparison.Ordinal)) return true;
        await vault.KeepAsync(received, cancellationToken);
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
            candidate = await versions.LoadAsync(manifest.Id, version, entry, cancellationToken);
            fit.Check(candidate, plugin?.Running);
            if (plugin?.Running is { } old)
            {
                await trials.BeginAsync(plugin, old, candidate, record, cancellationToken);
                return;
            }

            book.Write(book.Records.With(record with { Current = version, Previous = null, Trial = null, Deaths = 0 }));
            Add(candidate, entry);
            versions.Tidy(manifest.Id);
        }
        catch
        {
            if (candidate is not null) _ = unloads.LetGoAsync(candidate);
            book.Note(before is null ? book.Records.Without(manifest.Id) : book.Records.With(before));
            versions.Tidy(manifest.Id);
            throw;
        }
    }

    private void Add(LoadedPlugin plugin, string entry)
    {
        if (!swap.TryAdd(plugin, out var taken))
        {
            _ = unloads.LetGoAsync(plugin);
            throw PluginFit.Taken(taken);
        }

        shelf.Plugins[plugin.Manifest.Id] = new HostedPlugin(plugin.Manifest.Id, entry) { Running = plugin };
        LogLoaded(logger, plugin.Manifest.Id, plugin.Manifest.Version, Path.Combine(dropFolder, entry), string.Join(", ", plugin.Drivers));
    }

    private void Rename(HostedPlugin plugin, string entry)
    {
        string present = Path.Combine(dropFolder, plugin.Entry);
        if (Directory.Exists(present) || File.Exists(present))
            throw new PluginRejectedException($"plugin {plugin.InUse} in {present} has the same id", "remove one of the two");
        shelf.Clear(plugin.Entry);
        plugin.Entry = entry;
        if (book.Records.Find(plugin.Id) is { } record) book.Write(book.Records.With(record with { Entry = entry }));
    }

    /// <summary>Nothing that one folder holds ends the start of the gateway, or keeps the others from being loaded.</summary>
    private void RefuseAfter(Exception mistake, string entry)
    {
        LogMistake(logger, mistake, entry);
        Refuse(entry, $"the gateway made a mistake with it ({mistake.GetType().Name})", "report it with the log, and get another version");
    }

    private void Refuse(string entry, string reason, string remedy)
    {
        shelf.Arriving.TryRemove(entry, out _);
        var failure = new PluginFailure { Name = entry, Reason = reason, Remedy = remedy };
        bool isKnown = shelf.Failures.TryGetValue(entry, out var known) && known == failure;
        shelf.Failures[entry] = failure;
        if (!isKnown) LogFailed(logger, failure);
    }

    [LoggerMessage(4521, LogLevel.Information, "Loaded plugin {Plugin} {Version} from {Entry}, drivers: {Drivers}")]
    private static partial void LogLoaded(ILogger logger, string plugin, string version, string entry, string drivers);

    [LoggerMessage(4522, LogLevel.Error, "{Failure}")]
    private static partial void LogFailed(ILogger logger, PluginFailure failure);

    [LoggerMessage(4533, LogLevel.Error,
        "Plugins: '{Entry}' could not be dealt with, and is not loaded. This is a mistake of the gateway, please report it")]
    private static partial void LogMistake(ILogger logger, Exception exception, string entry);

    [LoggerMessage(4523, LogLevel.Information, "'{Entry}' in the plugin folder is not complete yet: {Reason}")]
    private static partial void LogArriving(ILogger logger, string entry, string reason);

    [LoggerMessage(4527, LogLevel.Information, "Plugin {Plugin} {Version} is out; its channels wait for its drivers")]
    private static partial void LogOut(ILogger logger, string plugin, string version);
}
