using BridgeFramework.Files;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Brings plugins into a gateway that runs, replaces them, takes them out again, and goes back where
/// a new one does not do as well.</summary>
/// <remarks>
/// <para>What is in the drop folder is what is wanted; what is in force is written down in the data folder, before it is so. Loaded is only
/// what has been copied there, so a start after a crash, in the middle of whatever it was, has a version that worked.</para>
/// <para>One loop does all of it, one thing after another; trials run beside it.</para>
/// </remarks>
public sealed class PluginHost : IDisposable
{
    private readonly PluginHostOptions _options;
    private readonly TimeProvider _time;
    private readonly PluginShelf _shelf = new();
    private readonly ExposedPlugins _exposed;
    private readonly PluginVault _vault;
    private readonly PluginBook _book;
    private readonly PluginSwap _swap;
    private readonly UnloadCheck _unloads;
    private readonly DropWatch _watch;
    private readonly PluginTrials _trials;
    private readonly KeptVersions _versions;
    private readonly PluginLoads _loads;
    private readonly PluginLifecycle _lifecycle;
    private readonly PastEnd _pastEnd;
    private readonly RunMark _mark;
    private readonly PluginProof _proof;
    private readonly ILogger _logger;
    private readonly PluginWork _work;

    /// <summary>Reads what an earlier gateway wrote down; nothing is loaded yet.</summary>
    /// <param name="options">Where plugins come from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    public PluginHost(PluginHostOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        (_options, _time) = (options, time);
        _logger = loggers.CreateLogger<PluginHost>();
        _work = new PluginWork(_logger);
        _exposed = new ExposedPlugins(loggers.CreateLogger<ExposedPlugins>());
        var data = new PrivateFolder(options.DataFolder);
        _vault = new PluginVault(data.Folder("plugins").Path, options.Trust, time) { Exposures = options.Exposures };
        _book = new PluginBook(data.File("plugins.json"), loggers.CreateLogger<PluginBook>());
        _mark = new RunMark(RunMark.FileIn(data), options.Boot);
        _pastEnd = new PastEnd(LastWords.FileIn(data), _mark, _book, time, loggers.CreateLogger<PastEnd>());
        _proof = new PluginProof(options.ProvenAfter, _book, _mark, _shelf, time, loggers.CreateLogger<PluginProof>())
        {
            Post = _work.Post,
            // Both are set below, and nothing is loaded before.
            IsUnderWay = id => _loads?.Has(id) == true,
            BringBack = (suspect, token) => _lifecycle?.BringBackAsync(suspect, token) ?? Task.CompletedTask,
        };
        _swap = new PluginSwap(Drivers);
        _unloads = new UnloadCheck(time, loggers.CreateLogger<UnloadCheck>());
        _watch = new DropWatch(options.DropFolder, time, loggers.CreateLogger<DropWatch>())
        {
            Copies = data.Folder("plugins").Path,
        };
        var stores = new ChannelStoreCopies(data.Folder("channels"), data.Folder("channels-before-update"));
        _versions = new KeptVersions(options.DropFolder, _vault, _book, _proof);
        var fit = new PluginFit(Drivers, _swap, options.FindMistakes);
        _trials = new PluginTrials(
            options.Trial, _shelf, _versions, _book, stores, _swap, fit, _unloads, time, loggers.CreateLogger<PluginTrials>())
        {
            Post = _work.Post,
            LookAgain = _watch.LookAgain,
        };
        _loads = new PluginLoads(_versions, _shelf, time, loggers.CreateLogger<PluginLoads>())
        {
            Post = _work.Post,
            LookAgain = _watch.LookAgain,
            // Set below, and nothing is loaded before.
            Refused = (entry, exception, token) => _lifecycle?.RefuseLateAsync(entry, exception, token) ?? Task.CompletedTask,
        };
        _lifecycle = new PluginLifecycle(
            options.DropFolder, _watch, _shelf, new PluginRefusals(_shelf, loggers.CreateLogger<PluginRefusals>()), _exposed, _vault,
            _versions, _loads, _book, _proof, _swap, fit, _trials, _unloads, loggers.CreateLogger<PluginLifecycle>());
    }

    /// <summary>The drivers that channels find by name.</summary>
    public DriverCatalog Drivers { get; } = new();

    /// <summary>The plugins whose code is in memory, those that are leaving too: for whoever must know whose exception it is.</summary>
    public IReadOnlyList<LoadedPlugin> InMemory =>
        [.. _shelf.Plugins.Values.SelectMany(plugin => new[] { plugin.Running, plugin.Trial?.Candidate }).OfType<LoadedPlugin>()
            .Concat(_unloads.InMemory).Concat(_versions.Begun).Distinct()];

    /// <summary>The one plugin there is, in the version that is used; <see langword="null"/> where there are several or none.</summary>
    internal LoadedPlugin? Only => InMemory.DistinctBy(plugin => plugin.Manifest.Id, StringComparer.Ordinal).Take(2).Count() == 1
        ? _shelf.Plugins.Values.SingleOrDefault()?.InUse ?? _versions.Begun.LastOrDefault()
        : null;

    /// <summary>The drivers that plugins bring which are still being loaded, as their manifests say.</summary>
    internal IReadOnlySet<string> DriversOnTheWay => _versions.Begun.Where(plugin => _loads.Has(plugin.Manifest.Id))
        .SelectMany(plugin => plugin.Manifest.Drivers).Select(driver => driver.Info.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>How the plugins stand; what was refused first, then by name.</summary>
    public IReadOnlyList<PluginStatus> Status => _shelf.Status(_book.Records, _unloads.Pinned);

    /// <summary>What of the drop folder is not loaded, or was not when it came last, by the name of its entry.</summary>
    public IReadOnlyList<PluginFailure> Failures =>
        [.. _shelf.Failures.OrderBy(failure => failure.Key, StringComparer.Ordinal).Select(failure => failure.Value)];

    /// <summary>What of the drop folder is loaded though others can change it, or its group can: a sentence each.</summary>
    public IReadOnlyList<string> Warnings => _exposed.Warnings;

    /// <summary>Loads what an earlier gateway had in force, and what is new in the drop folder. To be called
    /// once, before the gateway runs.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _pastEnd.Heed();
        _proof.Start();
        _vault.RemoveLeftovers(_book.Records.Plugins.Select(record => record.Id));
        var found = await _watch.FindAsync(cancellationToken);
        bool isThere = found is not null; // else the watch says so
        var entries = found?.Keys.Order(StringComparer.Ordinal).ToList() ?? [];
        foreach (var record in _book.Records.Plugins)
        {
            // A folder that is not there, perhaps not mounted, has not lost its plugins.
            if (isThere && !entries.Contains(record.Entry, StringComparer.Ordinal) && !MayBeRenamed(entries)) _lifecycle.Forget(record.Id);
            else await _lifecycle.ResumeAsync(record, cancellationToken);
        }

        // Another version of what runs takes its place later, when it can be compared: the channels do not run yet.
        foreach (string entry in entries) _watch.Expect(entry);
        foreach (string entry in entries)
            if (_shelf.FindByEntry(entry) is null && found?[entry] is true)
                await _lifecycle.TakeInAsync(entry, isFinal: true, isOrdered: false, cancellationToken);
        if (!isThere) return;
        foreach (var plugin in _shelf.Plugins.Values)
            if (!entries.Contains(plugin.Entry, StringComparer.Ordinal)) await _lifecycle.TakeOutAsync(plugin, cancellationToken);
    }

    /// <summary>Says which channels move when a plugin is replaced.</summary>
    /// <param name="channels">The gateway's, which come and go with its plan.</param>
    internal void Attach(Func<IReadOnlyList<ChannelSupervisor>> channels) => _swap.Begin(channels);

    /// <summary>Does something while no plugin is taken in, replaced or taken out.</summary>
    /// <param name="what">What is done.</param>
    /// <param name="cancellationToken">Gives up waiting; it is done all the same.</param>
    internal Task<T> MeanwhileAsync<T>(Func<CancellationToken, Task<T>> what, CancellationToken cancellationToken) =>
        _work.DoAsync(what, cancellationToken);

    /// <summary>Follows the drop folder and carries out orders until told to stop.</summary>
    /// <param name="stopping">Asks it to stop.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        var watching = _watch.RunAsync(change => FollowAsync(change, stopping), stopping);
        await _work.RunAsync(stopping);
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>How one plugin stands.</summary>
    /// <param name="id">The plugin; of one that could not be read, its name in the drop folder.</param>
    /// <exception cref="UnknownPluginException">There is no such plugin.</exception>
    public PluginStatus Find(string id) =>
        Status.FirstOrDefault(plugin => string.Equals(plugin.Name, id, StringComparison.Ordinal)) ?? throw new UnknownPluginException(id);

    /// <summary>Takes in an entry of the drop folder now, without waiting for it to settle.</summary>
    /// <param name="entry">Its name.</param>
    /// <param name="cancellationToken">Gives up waiting; it is taken in all the same.</param>
    /// <returns>How the plugin stands then.</returns>
    /// <exception cref="PluginOrderException">There is no such entry.</exception>
    public Task<PluginStatus> TakeInAsync(string entry, CancellationToken cancellationToken) => _work.DoAsync(
        async token =>
        {
            if (!await _watch.HasAsync(entry, token))
                throw new PluginOrderException($"There is no '{entry}' in the plugin folder {_options.DropFolder}.");
            _watch.Expect(entry);
            await _lifecycle.TakeInAsync(entry, isFinal: true, isOrdered: false, token);
            return StatusOf(entry);
        },
        cancellationToken);

    /// <summary>Takes a plugin out: its channels wait, what was dropped and what was copied is removed.</summary>
    /// <param name="id">The plugin; of one that was not loaded, its name in the drop folder.</param>
    /// <param name="cancellationToken">Gives up waiting; it is removed all the same.</param>
    /// <returns>How it stood before.</returns>
    /// <exception cref="UnknownPluginException">There is no such plugin.</exception>
    /// <exception cref="PluginOrderException">It cannot be removed.</exception>
    public Task<PluginStatus> RemoveAsync(string id, CancellationToken cancellationToken) => _work.DoAsync(
        async token =>
        {
            // What was refused is on the list, too, and can be removed from there.
            var before = Find(id);
            await DroppedPlugin.RemoveAsync(id, Path.Combine(_options.DropFolder, before.Entry), _time, token);
            _shelf.Clear(before.Entry);
            if (_shelf.FindByEntry(before.Entry) is { } plugin) await _lifecycle.TakeOutAsync(plugin, token);
            return before;
        },
        cancellationToken);

    /// <summary>Loads what is in the drop folder again, whatever has become of it before: out of quarantine,
    /// or a new instance of the same version.</summary>
    /// <param name="id">The plugin, or the name of its entry in the drop folder.</param>
    /// <param name="cancellationToken">Gives up waiting; it is loaded all the same.</param>
    /// <returns>How the plugin stands then.</returns>
    /// <exception cref="UnknownPluginException">There is no such plugin.</exception>
    /// <exception cref="PluginOrderException">It is on trial.</exception>
    public Task<PluginStatus> ReloadAsync(string id, CancellationToken cancellationToken) => _work.DoAsync(
        async token =>
        {
            string entry = _shelf.Plugins.TryGetValue(id, out var plugin) ? plugin.Entry : _book.Records.EntryOf(id) ?? id;
            if (!await _watch.HasAsync(entry, token)) throw new UnknownPluginException(id);
            if (plugin?.Trial is not null)
                throw new PluginOrderException($"Plugin {id} is on trial: wait for its end, or order 'bridge plugin rollback {id}'.");
            _watch.Expect(entry);
            await _lifecycle.TakeInAsync(entry, isFinal: true, isOrdered: true, token);
            // What it was refused for may be over before the watch has seen it at all.
            if (_shelf.Failures.ContainsKey(entry)) _watch.LookAgain(entry);
            return StatusOf(entry);
        },
        cancellationToken);

    /// <summary>Brings the version before back, and keeps the present one from being loaded again by itself.
    /// During a trial: ends it.</summary>
    /// <param name="id">The plugin.</param>
    /// <param name="cancellationToken">Gives up waiting; it is rolled back all the same.</param>
    /// <returns>How the plugin stands then.</returns>
    /// <exception cref="UnknownPluginException">There is no such plugin.</exception>
    /// <exception cref="PluginOrderException">There is no version to go back to.</exception>
    public Task<PluginStatus> RollBackAsync(string id, CancellationToken cancellationToken) => _work.DoAsync(
        async token =>
        {
            var plugin = Hosted(id);
            if (_loads.Has(id))
                throw new PluginOrderException($"Another version of plugin {id} is being loaded: wait for it, or remove it.");
            await _trials.RollBackAsync(plugin, token);
            return StatusOf(plugin.Entry);
        },
        cancellationToken);

    /// <summary>The gateway has been asked to end: whatever becomes of the process, it has not died of a plugin.</summary>
    internal void EndIsAsked() => _mark.End();

    /// <summary>Lets all plugins go. To be called when the gateway runs no more. A trial that was under way
    /// begins anew at the next start.</summary>
    public void Dispose()
    {
        _mark.End();
        _proof.Dispose();
        _loads.Dispose();
        foreach (var plugin in _shelf.Plugins.Values)
        {
            _trials.Abandon(plugin);
#pragma warning disable IDISP007 // Loaded on behalf of the host, which keeps them on its shelf.
            plugin.Trial?.Candidate.Dispose();
            plugin.Running?.Dispose();
#pragma warning restore IDISP007
        }

        _shelf.Plugins.Clear();
        _versions.Forget();
        _watch.Dispose();
    }

    private HostedPlugin Hosted(string id) =>
        _shelf.Plugins.TryGetValue(id, out var plugin) ? plugin : throw new UnknownPluginException(id);

    private bool MayBeRenamed(IReadOnlyList<string> entries) =>
        entries.Any(entry => !_book.Records.Plugins.Any(record => string.Equals(record.Entry, entry, StringComparison.Ordinal)));

    private PluginStatus StatusOf(string entry) => Status.First(status => string.Equals(status.Entry, entry, StringComparison.Ordinal));

    /// <summary>A mistake of ours must end neither the watch nor the gateway.</summary>
    private async Task<bool> FollowAsync(DropChange change, CancellationToken stopping)
    {
        try
        {
            return await _work.DoAsync(token => ChangedAsync(change, token), stopping);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            PluginWork.LogMistake(_logger, exception, $"what has happened to '{change.Name}' in the plugin folder");
            return true;
        }
    }

    private async Task<bool> ChangedAsync(DropChange change, CancellationToken stopping)
    {
        if (change.Kind == DropChangeKind.Silent)
        {
            _lifecycle.RefuseSilent(change.Name);
            return true;
        }

        if (change.Kind != DropChangeKind.Gone)
            return await _lifecycle.TakeInAsync(change.Name, isFinal: change.Kind == DropChangeKind.Final, isOrdered: false, stopping);
        _shelf.Clear(change.Name);
        _exposed.Note(change.Name, exposure: null);
        // What was refused because this one was there may take its place now.
        foreach (string refused in _shelf.Failures.Keys)
            if (await _watch.HasAsync(refused, stopping)) await _lifecycle.TakeInAsync(refused, isFinal: true, isOrdered: false, stopping);
        if (_shelf.FindByEntry(change.Name) is { } gone) await _lifecycle.TakeOutAsync(gone, stopping);
        return true;
    }
}
