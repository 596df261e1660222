namespace BridgeFramework.Plugins;

/// <summary>What a plugin says of itself in <c>plugin.json</c>, readable before any of its code is loaded. Written by the build.</summary>
public sealed record PluginManifest
{
    /// <summary>The manifest's file name within the plugin's folder.</summary>
    public const string FileName = "plugin.json";

    /// <summary>How many files a plugin may have, the manifest not counted.</summary>
    internal const int MaxFiles = 4000;

    /// <summary>How many bytes the files of a plugin may have together.</summary>
    internal const long MaxBytes = 512L * 1024 * 1024;

    /// <summary>The plugin's name: 1 to 64 of <c>a-z 0-9 . _ -</c>, beginning with a letter. Also the name of its private folder.</summary>
    public required string Id { get; init; }

    /// <summary>The plugin's version, such as <c>1.4.0</c> or <c>2.0.0-beta.1</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The file name of the main assembly, directly in the plugin's folder.</summary>
    public required string Assembly { get; init; }

    /// <summary>The version of the contract that the plugin was built against.</summary>
    public required Version ContractVersion { get; init; }

    /// <summary>The version of the author's toolkit, BridgeFramework.Drivers, that the plugin brings;
    /// <see langword="null"/> when it brings none.</summary>
    public string? ToolkitVersion { get; init; }

    /// <summary>The drivers that the plugin brings, in the order in which it registers them; at least one.</summary>
    public required IReadOnlyList<ManifestDriver> Drivers { get; init; }

    /// <summary>Every file of the folder but the manifest: its path in the folder, with <c>/</c>, and its
    /// SHA-256 as 64 lower-case hexadecimal digits.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>The SHA-256 of the manifest's own bytes, as 64 lower-case hexadecimal digits. As it covers the digest of every file, it
    /// names this very build.</summary>
    public required string Digest { get; init; }

    /// <summary>Gives id and version.</summary>
    public override string ToString() => $"{Id} {Version}";
}
