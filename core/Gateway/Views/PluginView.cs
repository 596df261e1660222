using BridgeFramework.Plugins;

namespace BridgeFramework.Gateway;

/// <summary>A plugin in the plugin folder, loaded or not.</summary>
internal sealed record PluginView
{
    /// <summary>The plugin's id; of one that was not loaded, the name of its folder.</summary>
    public required string Name { get; init; }
    public required bool Loaded { get; init; }
    public string? Version { get; init; }
    public required IReadOnlyList<string> Drivers { get; init; }

    /// <summary>Why it was not loaded.</summary>
    public string? Reason { get; init; }
    public string? Remedy { get; init; }

    public static IReadOnlyList<PluginView> AllOf(PluginScan scan) =>
    [
        .. scan.Failures.Select(failure => new PluginView { Name = failure.Name, Loaded = false, Drivers = [], Reason = failure.Reason, Remedy = failure.Remedy }),
        .. scan.Plugins.Select(plugin => new PluginView
        {
            Name = plugin.Manifest.Id,
            Loaded = true,
            Version = plugin.Manifest.Version,
            Drivers = [.. plugin.Drivers.Select(driver => driver.Info.Name)],
        }),
    ];
}
