namespace BridgeFramework.CrashTest;

/// <summary>The test cannot go on; the message says what did not happen.</summary>
internal sealed class CrashTestException(string message, Exception? cause = null) : Exception(message, cause);
