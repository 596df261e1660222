using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Gateway;

/// <summary>Checks a configuration against the plugins in its folder, without running any driver.</summary>
internal static class PluginSchemas
{
    /// <summary>Takes the schemas of the plugins' manifests, has the drivers of those that can be loaded look
    /// as well, and lets them go again.</summary>
    /// <remarks>They are loaded as by a gateway that starts for the first time, on a data folder that goes
    /// with this command: another may run on its own.</remarks>
    /// <exception cref="TemporaryFolderException">There is no room for their copies.</exception>
    /// <returns>The result with the drivers' mistakes, and a line on each plugin that could not be loaded.</returns>
    public static async Task<(ConfigurationResult Result, IReadOnlyList<string> Failures)> CheckAsync(
        ConfigurationResult result, CancellationToken cancellationToken)
    {
        if (result.PluginFolder is not { } folder) return (result, []);
        var exposures = await DropFolderExposures.FindAsync(folder, TimeProvider.System, cancellationToken);
        result = result.WithPluginFolder(exposures);
        var manifests = PluginManifests.In(folder).Drivers;
        // What others may have put there does not run here either.
        if (result.ExposurePolicy == ExposurePolicy.Refuse && exposures.Any(exposure => exposure.IsGrave))
            return (DriverSettingsValidation.Validate(result, new DriverCatalog(), manifests), []);
        using var data = new TemporaryFolder("bridge-validate-");
        var options = new PluginHostOptions
        {
            DropFolder = folder,
            DataFolder = data.Path,
            Trust = result.PluginTrust,
            Exposures = result.ExposurePolicy,
        };
        using var plugins = new PluginHost(options, TimeProvider.System, NullLoggerFactory.Instance);
        try
        {
            await plugins.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TemporaryFolderException(e);
        }

        List<string> failures = [.. plugins.Failures.Select(failure => failure.ToString())];
        failures.AddRange(plugins.Status.Where(plugin => plugin.State == PluginState.Arriving)
            .Select(plugin => $"Plugin '{plugin.Name}' was checked by its manifest only: {plugin.Reason}."));
        failures.AddRange(plugins.Warnings);
        if ((DropEntries.ProblemOf(folder) ?? DropEntries.UnusableIn(folder)) is { } problem) failures.Add(problem);
        return (DriverSettingsValidation.Validate(result, plugins.Drivers, manifests), failures);
    }
}
