using BridgeFramework.Plugins;

namespace BridgeFramework.Configuration;

/// <summary>Where plugins are found, which of them may run, and how they are tried.</summary>
public sealed record PluginSettings
{
    /// <summary>Absolute path of the folder with one sub-folder for each plugin.</summary>
    public required string Folder { get; init; }

    /// <summary>Which builds may run; by default every plugin that is there.</summary>
    public PluginTrust Trust { get; init; } = PluginTrust.Any;

    /// <summary>How long a new version of a plugin is watched before the old one is let go: 1 s to 1 h, default 60 s.</summary>
    public TimeSpan Trial { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a version of a plugin has to serve until it is proven: 0 s to 1 d, default 10 min. One that is not may be left out
    /// where the gateway dies and nobody knows of what.</summary>
    public TimeSpan ProvenAfter { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>Where the gateway keeps what must survive a restart.</summary>
public sealed record DataSettings
{
    /// <summary>Absolute path of a folder that only this gateway writes to.</summary>
    public required string Folder { get; init; }
}
