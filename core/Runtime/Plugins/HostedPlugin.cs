using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>One plugin of a running gateway: what runs of it, and what is tried. Changed by its host's loop alone.</summary>
internal sealed class HostedPlugin(string id, string entry)
{
    public string Id => id;

    /// <summary>Its name in the drop folder.</summary>
    public string Entry { get; set; } = entry;

    /// <summary>The version in force; during a trial the one that comes back if that fails.</summary>
    public LoadedPlugin? Running { get; set; }

    /// <summary>The version that is being tried.</summary>
    public SwapTrial? Trial { get; set; }

    /// <summary>The one whose drivers are in use.</summary>
    public LoadedPlugin? InUse => Trial?.Candidate ?? Running;

    /// <summary>A version as it is written down.</summary>
    public static PluginVersion VersionOf(LoadedPlugin plugin) => new(plugin.Manifest.Version, plugin.Manifest.Digest);
}
