using Microsoft.Extensions.Logging;

namespace BridgeFramework.Plugins;

/// <summary>The folder that plugins are dropped in: one folder in it is one plugin.</summary>
/// <remarks>
/// A plugin that cannot be loaded is one <see cref="PluginFailure"/>, which is also logged; the others are not touched by it.
/// Names beginning with a dot are left alone, for copies that are still under way.
/// </remarks>
/// <param name="folder">Where plugins are dropped.</param>
/// <param name="runFolder">
/// Where the private copies live that plugins run from, one folder per plugin. Belongs to this gateway alone; created for the
/// owner only.
/// </param>
/// <param name="loggerFactory">For what is loaded and what is not.</param>
/// <param name="timeProvider">Times the deadline of a plugin's configuration; the system's clock by default.</param>
/// <param name="trust">Which builds may run; by default all that are there.</param>
public sealed partial class PluginFolder(
    string folder, string runFolder, ILoggerFactory loggerFactory, TimeProvider? timeProvider = null, PluginTrust? trust = null)
{
    private readonly string _folder = Path.GetFullPath(folder);
    private readonly ILogger _logger = loggerFactory.CreateLogger<PluginFolder>();
    private readonly PluginVault _vault = new(runFolder, trust ?? PluginTrust.Any, timeProvider ?? TimeProvider.System);

    /// <summary>Loads every plugin in the folder, in the order of their names. Meant to be called once, at start.</summary>
    /// <param name="cancellationToken">Gives up; what was loaded by then is unloaded.</param>
    /// <returns>The plugins and the failures. It takes at most 10 s for each plugin whose configuration hangs.</returns>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<PluginScan> ScanAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_folder))
        {
            string note = $"The plugin folder {_folder} does not exist: create it and drop plugins in, or set 'plugins.folder'.";
            LogNote(note);
            return new PluginScan { Plugins = [], Failures = [], Note = note };
        }

        var catalog = new DriverCatalog();
        List<LoadedPlugin> plugins = [];
        List<PluginFailure> failures = [];
        try
        {
            foreach (string name in DropWatch.EntriesOf(_folder))
            {
                try
                {
                    var plugin = await LoadAsync(name, plugins, catalog, cancellationToken);
                    plugins.Add(plugin);
                    LogLoaded(plugin.Manifest.Id, plugin.Manifest.Version, plugin.Folder, string.Join(", ", plugin.Drivers));
                }
                catch (PluginRejectedException e)
                {
                    var failure = new PluginFailure { Name = name, Reason = e.Reason, Remedy = e.Remedy };
                    failures.Add(failure);
                    LogFailed(failure);
                }
            }
        }
        catch
        {
            plugins.ForEach(p => p.Dispose());
            throw;
        }

        return new PluginScan { Plugins = plugins, Failures = failures, Drivers = catalog };
    }

    private async Task<LoadedPlugin> LoadAsync(string name, IReadOnlyList<LoadedPlugin> others, DriverCatalog catalog, CancellationToken cancellationToken)
    {
        string entry = Path.Combine(_folder, name);
        using var received = _vault.Receive(entry);
        var manifest = received.Manifest;
        if (others.FirstOrDefault(p => p.Manifest.Id.Equals(manifest.Id, StringComparison.Ordinal)) is { } twin)
            throw new PluginRejectedException($"plugin {twin} in {twin.Folder} has the same id", "remove one of the two");
        _vault.Keep(received);
        var plugin = await _vault.LoadAsync(manifest.Id, manifest.Digest, entry, cancellationToken);
        if (!catalog.TryAdd(plugin, out var taken))
        {
#pragma warning disable IDISP017 // Where it is added it lives on.
            plugin.Dispose();
#pragma warning restore IDISP017
            throw new PluginRejectedException(
                $"its driver '{taken.Registration.Info.Name}' is already brought by plugin {taken.Plugin} in {taken.Plugin?.Folder}", "remove one of the two");
        }

        _vault.Tidy(manifest.Id, manifest.Digest);
        return plugin;
    }

    [LoggerMessage(3002, LogLevel.Information, "Loaded plugin {Plugin} {Version} from {Folder}, drivers: {Drivers}")]
    private partial void LogLoaded(string plugin, string version, string folder, string drivers);

    [LoggerMessage(3003, LogLevel.Error, "{Failure}")]
    private partial void LogFailed(PluginFailure failure);

    [LoggerMessage(3004, LogLevel.Warning, "{Note}")]
    private partial void LogNote(string note);
}
