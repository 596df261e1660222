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
    private readonly PluginInstaller _installer = new(Path.GetFullPath(runFolder), trust ?? PluginTrust.Any, timeProvider ?? TimeProvider.System);

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
            foreach (string entry in Directory.EnumerateFileSystemEntries(_folder).Order(StringComparer.Ordinal))
            {
                string name = Path.GetFileName(entry);
                if (name.StartsWith('.')) continue;
                try
                {
                    if (!Directory.Exists(entry))
                    {
                        if (name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
                            throw new PluginRejectedException("it is a file, and a plugin is a folder", "copy the whole folder that the plugin's build made");
                        continue;
                    }

                    var plugin = await _installer.LoadAsync(entry, plugins, catalog, cancellationToken);
                    plugins.Add(plugin);
                    LogLoaded(plugin.Manifest.Id, plugin.Manifest.Version, entry, string.Join(", ", plugin.Drivers));
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

    [LoggerMessage(3002, LogLevel.Information, "Loaded plugin {Plugin} {Version} from {Folder}, drivers: {Drivers}")]
    private partial void LogLoaded(string plugin, string version, string folder, string drivers);

    [LoggerMessage(3003, LogLevel.Error, "{Failure}")]
    private partial void LogFailed(PluginFailure failure);

    [LoggerMessage(3004, LogLevel.Warning, "{Note}")]
    private partial void LogNote(string note);
}
