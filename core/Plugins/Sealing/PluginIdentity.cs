namespace BridgeFramework.Plugins;

/// <summary>What the author's project says of a plugin; the rest of its manifest is found in its folder.</summary>
public sealed record PluginIdentity
{
    /// <summary>See <see cref="PluginManifest.Id"/>.</summary>
    public required string Id { get; init; }

    /// <summary>See <see cref="PluginManifest.Version"/>.</summary>
    public required string Version { get; init; }

    /// <summary>See <see cref="PluginManifest.Assembly"/>.</summary>
    public required string Assembly { get; init; }
}
