namespace BridgeFramework.Runtime;

/// <summary>An order for a plugin cannot be carried out; the message says why and what to do.</summary>
#pragma warning disable CA1032, RCS1194 // Without its message it says nothing.
public sealed class PluginOrderException(string message) : Exception(message);
#pragma warning restore CA1032, RCS1194
