using BridgeFramework.Plugins;

namespace BridgeFramework.Gateway;

/// <summary>What a plugin that is not loaded says of itself, checked.</summary>
internal sealed record PluginManifestView
{
    public required string Name { get; init; }
    public required string Version { get; init; }

    /// <summary>What <c>plugins.allow</c> lists.</summary>
    public required string Digest { get; init; }
    public required string ContractVersion { get; init; }
    public string? ToolkitVersion { get; init; }
    public required IReadOnlyList<string> Drivers { get; init; }
    public required int Files { get; init; }

    public static PluginManifestView Of(PluginManifest manifest) => new()
    {
        Name = manifest.Id,
        Version = manifest.Version,
        Digest = manifest.Digest,
        ContractVersion = manifest.ContractVersion.ToString(),
        ToolkitVersion = manifest.ToolkitVersion,
        Drivers = [.. manifest.Drivers.Select(driver => driver.Info.Name)],
        Files = manifest.Files.Count,
    };
}
