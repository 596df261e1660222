namespace BridgeFramework.Configuration;

/// <summary>Where a configuration comes from: its file, and what is laid over it.</summary>
/// <param name="File">Absolute path of <c>bridge.json</c>.</param>
/// <param name="Settings">Values of the command line, each <c>path=value</c>.</param>
/// <param name="Environment">The environment.</param>
/// <param name="Zone">The time zone that its maintenance windows go by.</param>
internal sealed record ConfigurationPlace(
    string File, IReadOnlyList<string> Settings, IReadOnlyDictionary<string, string> Environment, GatewayZone Zone)
{
    /// <summary>What relative paths are relative to.</summary>
    public string Folder { get; } = Path.GetDirectoryName(File) ?? Path.GetPathRoot(File) ?? File;
}
