namespace BridgeFramework.QuickStart;

/// <summary>The scene cannot be set; the message says why and what to do.</summary>
internal sealed class SceneException(string message) : Exception(message);
