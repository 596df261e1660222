using BridgeFramework.Configuration;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Reads the configuration that a gateway was given, as often as somebody wants to know it.</summary>
internal sealed class GivenConfiguration(GatewayHostOptions options)
{
    /// <summary>Reads it. What drivers demand is not yet checked.</summary>
    public Task<ConfigurationResult> ReadAsync(CancellationToken cancellationToken) =>
        CompleteAsync(options.Configuration(), cancellationToken);

    /// <summary>Adds what is found about its plugin folder.</summary>
    public async Task<ConfigurationResult> CompleteAsync(ConfigurationResult read, CancellationToken cancellationToken) =>
        read.PluginFolder is { } folder
            ? read.WithPluginFolder(await DropFolderExposures.FindAsync(folder, options.PluginTime ?? options.Time, cancellationToken))
            : read;
}
