namespace BridgeFramework.Runtime;

/// <summary>There is no plugin of that name.</summary>
/// <param name="id">The name that was given.</param>
#pragma warning disable CA1032, RCS1194 // Without the name it says nothing.
public sealed class UnknownPluginException(string id) : Exception(
    $"There is no plugin '{id}': 'bridge plugin list' shows those there are.");
#pragma warning restore CA1032, RCS1194
