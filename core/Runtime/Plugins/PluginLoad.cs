using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>A version that is to be loaded, and what follows.</summary>
/// <param name="Id">Its plugin.</param>
/// <param name="Version">The version.</param>
/// <param name="Entry">Its name in the drop folder.</param>
/// <param name="Join">Puts it to use. Where it throws, it has let go of it.</param>
/// <param name="GiveUp">Undoes what was written down of it; it is not to come.</param>
internal sealed record PluginLoad(
    string Id, PluginVersion Version, string Entry, Func<LoadedPlugin, CancellationToken, Task> Join, Action GiveUp);
