using BridgeFramework.Configuration;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Gateway;

/// <summary>Checks a configuration against the plugins in its folder, without running any driver.</summary>
internal static class PluginSchemas
{
    /// <summary>Takes the schemas of the plugins' manifests, has the drivers of those that can be loaded look as well, and lets them go again.</summary>
    /// <returns>The result with the drivers' mistakes, and a line on each plugin that could not be loaded.</returns>
    public static async Task<(ConfigurationResult Result, IReadOnlyList<string> Failures)> CheckAsync(
        ConfigurationResult result, CancellationToken cancellationToken)
    {
        if (result.PluginFolder is not { } folder) return (result, []);
        // A running gateway owns the copies in its data folder; these are other ones.
        using var copies = new TemporaryFolder("bridge-validate-");
        var scan = await new PluginFolder(folder, copies.Path, NullLoggerFactory.Instance, trust: result.PluginTrust).ScanAsync(cancellationToken);
        try
        {
            var failures = scan.Failures.Select(failure => failure.ToString()).ToList();
            if (scan.Note is not null) failures.Add(scan.Note);
            return (DriverSettingsValidation.Validate(result, scan.Drivers, PluginManifests.In(folder).Drivers), failures);
        }
        finally
        {
            foreach (var plugin in scan.Plugins) plugin.Dispose();
        }
    }
}
