namespace BridgeFramework.Runtime;

/// <summary>A version of a plugin that is not proven: it has not served long enough.</summary>
/// <param name="Id">Its plugin.</param>
/// <param name="Entry">Its name in the drop folder.</param>
/// <param name="Version">The version.</param>
/// <param name="Deaths">How often the process has died, nobody knows of what, while code of it ran.</param>
/// <param name="HasRun">Whether code of it runs in this process; at a start, whether it did in the one before.</param>
/// <param name="IsLeftOut">Whether it is not loaded for now.</param>
/// <param name="WasAlone">Whether the process has died while it was the only one, and not for the first time.</param>
/// <param name="HasChance">Whether it was the only one at a first death: that may have been a kill.</param>
internal sealed record Suspect(
    string Id,
    string Entry,
    PluginVersion Version,
    int Deaths = 0,
    bool HasRun = false,
    bool IsLeftOut = false,
    bool WasAlone = false,
    bool HasChance = false)
{
    /// <summary>Whether this is that build.</summary>
    public bool Is(string digest) => string.Equals(Version.Digest, digest, StringComparison.Ordinal);
}
