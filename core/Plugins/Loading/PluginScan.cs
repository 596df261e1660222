namespace BridgeFramework.Plugins;

/// <summary>What a plugin folder held.</summary>
public sealed record PluginScan
{
    /// <summary>The plugins that were loaded, by folder name. Whoever scanned disposes them.</summary>
    public required IReadOnlyList<LoadedPlugin> Plugins { get; init; }

    /// <summary>The plugins that were not, by folder name.</summary>
    public required IReadOnlyList<PluginFailure> Failures { get; init; }

    /// <summary>The drivers of the plugins that were loaded, by name.</summary>
    public DriverCatalog Drivers { get; init; } = new();

    /// <summary>What there is to say of the folder as a whole, such as that it does not exist; else <see langword="null"/>.</summary>
    public string? Note { get; init; }
}
