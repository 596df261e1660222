namespace BridgeFramework.Gateway;

/// <summary>The plugins of a running gateway; what was not loaded first.</summary>
internal sealed record PluginListView
{
    public required IReadOnlyList<PluginView> Plugins { get; init; }
}
