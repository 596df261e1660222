using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Gateway;

/// <summary>A process that runs one gateway and nothing else: what a gateway in somebody else's program leaves alone.</summary>
/// <param name="error">Takes why it ends.</param>
/// <param name="loggers">The log, which is written out before the end.</param>
internal sealed class OwnProcess(TextWriter error, ILoggerFactory loggers)
{
    /// <summary>Ends it at once, whatever of a plugin would keep it: no handler, no finalizer, no other thread is waited for.</summary>
    [DoesNotReturn]
    public void End(int code, string reason)
    {
        error.WriteLine(reason);
        error.Flush();
#pragma warning disable IDISP007 // Nobody comes back to do it: the last lines of the log are written.
        loggers.Dispose();
#pragma warning restore IDISP007
        if (!OperatingSystem.IsWindows()) ExitNow(code);
        Environment.Exit(code);
    }

    /// <summary>_exit(2): ends the process without running anything at exit.</summary>
    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void ExitNow(int code);
}
