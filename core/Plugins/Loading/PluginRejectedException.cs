namespace BridgeFramework.Plugins;

/// <summary>A plugin is not loaded, and why. Becomes a <see cref="PluginFailure"/>; never leaves the scan.</summary>
/// <param name="reason">What is wrong, a clause that can follow "because".</param>
/// <param name="remedy">What to do, an imperative clause.</param>
#pragma warning disable CA1032, RCS1194 // Both clauses are always needed; it is caught a few frames up.
internal sealed class PluginRejectedException(string reason, string remedy) : Exception(reason)
{
    public string Reason => Message;

    public string Remedy => remedy;
}
#pragma warning restore CA1032, RCS1194
