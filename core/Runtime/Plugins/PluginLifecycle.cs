using System.Globalization;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Takes plugins in and out. Each step is written down before it is taken.</summary>
/// <remarks>Used by the loop of the <see cref="PluginHost"/> alone, one call after another.</remarks>
internal sealed partial class PluginLifecycle(
    string dropFolder,
    DropWatch watch,
    PluginShelf shelf,
    PluginRefusals refusals,
    ExposedPlugins exposed,
    PluginVault vault,
    KeptVersions versions,
    PluginLoads loads,
    PluginBook book,
    PluginProof proof,
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
            exposed.Note(entry, received.Exposure);
            bool isDone = await TakeInAsync(entry, received, isOrdered, cancellationToken);
            if (isDone) refusals.TakeBack(entry);
            return isDone;
        }
        catch (PluginRejectedException exception) when (exception.MayBeIncomplete && !isFinal)
        {
            if (shelf.Arriving.TryAdd(entry, exception.Reason)) LogArriving(logger, entry, exception.Reason);
            return false;
        }
        catch (Exception exception) when (PluginRefusals.IsOne(exception) || !cancellationToken.IsCancellationRequested)
        {
            Refuse(entry, exception);
            return true;
        }
    }

    /// <summary>One that was on its way cannot be loaded after all; nothing is said of one that somebody has taken away
    /// meanwhile.</summary>
    public async Task RefuseLateAsync(string entry, Exception exception, CancellationToken cancellationToken)
    {
        if (!await watch.HasLostAsync(entry, cancellationToken)) Refuse(entry, exception);
    }

    /// <summary>An entry does not answer; a version of it that runs goes on, from its private copy.</summary>
    public void RefuseSilent(string entry) => refusals.Note(
        entry, "the file system that it is on does not answer", "look at that, or take it away; it is taken in when it answers");

    /// <summary>Loads the version that was in force when the gateway ended, and goes back to it where another was on trial.</summary>
    /// <param name="record">What is written down of the plugin.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ResumeAsync(PluginRecord record, CancellationToken cancellationToken)
    {
        try
        {
            record = trials.EndOfThePast(record);
            versions.Tidy(record.Id); // whatever the end of the gateway came between
            if (record.Current is not { } current)
            {
                book.Write(book.Records.Without(record.Id));
                return;
            }

            proof.Check(new Suspect(record.Id, record.Entry, current));
            await loads.RunAsync(
                new PluginLoad(
                    record.Id, current, record.Entry, (plugin, token) => ResumedAsync(plugin, record.Entry, token), GiveUp: () => { }),
                cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            refusals.Note(record.Entry, $"its version {record.Current?.Version} cannot be loaded ({exception.Message.TrimEnd('.')})",
                "check the permissions and the free space of the data folder, and restart the gateway");
        }
        catch (Exception exception) when (PluginRefusals.IsOne(exception) || !cancellationToken.IsCancellationRequested)
        {
            Refuse(record.Entry, exception);
        }
    }

    /// <summary>One whose time was up before: as a start would load it.</summary>
    private async Task TryAgainAsync(string entry, CancellationToken cancellationToken)
    {
        if (shelf.FindByEntry(entry) is not null) return;
        var record = book.Records.Plugins.FirstOrDefault(record => string.Equals(record.Entry, entry, StringComparison.Ordinal));
        if (record is { Current: not null, Trial: null }) await ResumeAsync(record, cancellationToken);
        else await TakeInAsync(entry, isFinal: true, isOrdered: false, cancellationToken);
        if (shelf.FindByEntry(entry) is not null) shelf.Clear(entry);
    }

    /// <summary>One that was left out comes back; where the version before runs meanwhile, on trial.</summary>
    public async Task BringBackAsync(Suspect version, CancellationToken cancellationToken)
    {
        string entry = book.Records.Find(version.Id)?.Entry ?? version.Entry;
        if (shelf.Plugins.ContainsKey(version.Id)) await TakeInAsync(entry, isFinal: true, isOrdered: false, cancellationToken);
        else await TryAgainAsync(entry, cancellationToken);
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
        book.Note(book.Records.Without(id).With(book.Records.Search.WithoutPlugin(id)));
        vault.Tidy(id);
    }

    private async Task<bool> TakeInAsync(string entry, ReceivedPlugin received, bool isOrdered, CancellationToken cancellationToken)
    {
        var manifest = received.Manifest;
        var plugin = shelf.Plugins.GetValueOrDefault(manifest.Id);
        if (plugin is not null && !string.Equals(plugin.Entry, entry, StringComparison.Ordinal))
            await RenameAsync(plugin, entry, cancellationToken);
        if (loads.IsUnderWay(manifest.Id, manifest.Digest)) return false;
        if (plugin?.Trial is { } trial) return string.Equals(trial.Candidate.Manifest.Digest, manifest.Digest, StringComparison.Ordinal);
        // Before the channels run the two cannot be compared: it takes the other's place when it is looked at again.
        if (plugin?.Running is not null && !swap.IsReady) return false;
        if (isOrdered)
        {
            book.Write(book.Records.WithoutQuarantined(manifest.Digest));
            loads.Forgive(manifest.Digest);
        }
        else if (book.Records.FindQuarantined(manifest.Digest) is { } quarantined)
            throw new PluginRejectedException(
                string.Create(CultureInfo.InvariantCulture, $"this build of {manifest} is in quarantine since "
                    + $"{quarantined.At:yyyy-MM-dd HH:mm} UTC: {quarantined.Reason}"), PluginTrials.RemedyOf(manifest.Id));
        else if (string.Equals(plugin?.Running?.Manifest.Digest, manifest.Digest, StringComparison.Ordinal)) return true;
        else proof.Check(new Suspect(manifest.Id, entry, new PluginVersion(manifest.Version, manifest.Digest)));
        await vault.KeepAsync(received, cancellationToken);
        await BringInAsync(plugin, manifest, entry, cancellationToken);
        return !loads.IsUnderWay(manifest.Id, manifest.Digest);
    }

    /// <summary>Loads a version that was kept, and puts it in the place of the one that runs.</summary>
    private async Task BringInAsync(HostedPlugin? plugin, PluginManifest manifest, string entry, CancellationToken cancellationToken)
    {
        var record = (book.Records.Find(manifest.Id) ?? new PluginRecord(manifest.Id, entry, Current: null)) with { Entry = entry };
        var version = new PluginVersion(manifest.Version, manifest.Digest);
        // From here on code of it runs: a gateway that dies of it must not do so again and again.
        book.Write(book.Records.With(record with { Trial = new PluginTrial(version, []) }));
        await loads.RunAsync(new PluginLoad(manifest.Id, version, entry, JoinAsync, GiveUp), cancellationToken);

        async Task JoinAsync(LoadedPlugin candidate, CancellationToken token)
        {
            try
            {
                await EnsureWantedAsync(entry, token);
                // Orders may have changed it meanwhile.
                record = book.Records.Find(manifest.Id) ?? record;
                var present = shelf.Plugins.GetValueOrDefault(manifest.Id);
                fit.Check(candidate, present?.Running);
                if (present?.Running is { } old)
                {
                    await trials.BeginAsync(present, old, candidate, record, token);
                    return;
                }

                book.Write(book.Records.With(record with { Current = version, Previous = null, Trial = null }));
                Add(candidate, entry);
                versions.Tidy(manifest.Id);
            }
            catch
            {
                _ = unloads.LetGoAsync(candidate);
                throw;
            }
        }

        void GiveUp()
        {
            // As it is now, without this trial: orders may have changed the rest meanwhile.
            if (book.Records.Find(manifest.Id) is { } now)
                book.Note(now.Current is null ? book.Records.Without(now.Id) : book.Records.With(now with { Trial = null }));
            versions.Tidy(manifest.Id);
        }
    }

    /// <summary>The version in force is there.</summary>
    private async Task ResumedAsync(LoadedPlugin plugin, string entry, CancellationToken cancellationToken)
    {
        try
        {
            await EnsureWantedAsync(entry, cancellationToken);
            if (swap.IsReady) fit.Check(plugin, old: null); // it came late: else the start checks all of them
        }
        catch
        {
            _ = unloads.LetGoAsync(plugin);
            throw;
        }

        Add(plugin, entry);
    }

    /// <summary>While it was being loaded somebody may have taken its entry away.</summary>
    private async Task EnsureWantedAsync(string entry, CancellationToken cancellationToken)
    {
        if (swap.IsReady && await watch.HasLostAsync(entry, cancellationToken))
            throw new PluginRejectedException("its entry is gone from the plugin folder", "drop it again");
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

    private async Task RenameAsync(HostedPlugin plugin, string entry, CancellationToken cancellationToken)
    {
        if (!await watch.HasLostAsync(plugin.Entry, cancellationToken))
            throw new PluginRejectedException(
                $"plugin {plugin.InUse} in {Path.Combine(dropFolder, plugin.Entry)} has the same id", "remove one of the two");
        shelf.Clear(plugin.Entry);
        plugin.Entry = entry;
        if (book.Records.Find(plugin.Id) is { } record) book.Write(book.Records.With(record with { Entry = entry }));
    }

    /// <summary>It cannot be loaded: says so, and has it tried again where time alone may help. Nothing that one folder holds ends the
    /// start of the gateway, or keeps the others from being loaded.</summary>
    private void Refuse(string entry, Exception exception) => refusals.Note(
        entry,
        exception,
        exception is PluginRejectedException refusal && loads.TryLater(entry, refusal, token => TryAgainAsync(entry, token)) is { } rest
            ? string.Create(CultureInfo.InvariantCulture, $"; it is tried again after {rest.TotalMinutes:0} min")
            : "");

    [LoggerMessage(4521, LogLevel.Information, "Loaded plugin {Plugin} {Version} from {Entry}, drivers: {Drivers}")]
    private static partial void LogLoaded(ILogger logger, string plugin, string version, string entry, string drivers);

    [LoggerMessage(4523, LogLevel.Information, "'{Entry}' in the plugin folder is not complete yet: {Reason}")]
    private static partial void LogArriving(ILogger logger, string entry, string reason);

    [LoggerMessage(4527, LogLevel.Information, "Plugin {Plugin} {Version} is out; its channels wait for its drivers")]
    private static partial void LogOut(ILogger logger, string plugin, string version);
}
