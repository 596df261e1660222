namespace BridgeFramework.Processes;

/// <summary>The test cannot go on; the message says what did not happen.</summary>
public sealed class TestRunException(string message, Exception? cause = null) : Exception(message, cause);
