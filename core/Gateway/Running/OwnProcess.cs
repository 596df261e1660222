using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using BridgeFramework.Runtime;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Gateway;

/// <summary>A process that runs one gateway and nothing else: what a gateway in somebody else's program leaves alone.</summary>
/// <param name="error">Takes why it ends.</param>
/// <param name="loggers">The log, which is written out before the end.</param>
internal sealed class OwnProcess(TextWriter error, ILoggerFactory loggers)
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWords = TimeSpan.FromSeconds(5);

    /// <summary>Sees to it that nobody ends it in the gateway's name: an end that was not asked for is no success, and the next start
    /// knows of it.</summary>
    /// <param name="host">The gateway.</param>
    /// <param name="code">The exit code of such an end.</param>
    /// <param name="stopping">Cancelled when it is asked to end.</param>
    /// <returns>To be disposed when it ends.</returns>
    public IDisposable Guard(GatewayHost host, int code, CancellationToken stopping)
    {
        // First in the list: what a plugin does at exit comes later, and may never return.
        AppDomain.CurrentDomain.ProcessExit += Exit;
        return new Watched(() => AppDomain.CurrentDomain.ProcessExit -= Exit);

        void Exit(object? sender, EventArgs e)
        {
            if (!stopping.IsCancellationRequested && host.ProcessEnds() is { } reason) End(code, reason);
        }
    }

    /// <summary>The program is at its end: what plugins have left, such as threads and handlers at exit, has a moment more.</summary>
    public static void EndSoon(int code) => EndAfter(Moment, code);

    /// <summary>Ends it after a time, if it has not ended by then.</summary>
    public static void EndAfter(TimeSpan time, int code) => new Thread(() =>
    {
        using var never = new ManualResetEventSlim();
        never.Wait(time, CancellationToken.None);
        EndNow(code);
    })
    { IsBackground = true, Name = "End" }.Start();

    /// <summary>Ends it at once, whatever of a plugin would keep it: no handler, no finalizer, no other thread is waited for. The last
    /// lines of the log and the reason have a moment, and who keeps the one does not keep the other.</summary>
    [DoesNotReturn]
    public void End(int code, string reason)
    {
        EndAfter(LongestWords, code);
        var saying = Begin(() =>
        {
            error.WriteLine(reason);
            error.Flush();
        });
#pragma warning disable IDISP007 // Nobody comes back to do it: the last lines of the log are written.
        Begin(loggers.Dispose).Join();
#pragma warning restore IDISP007
        saying.Join();
        EndNow(code);
    }

    private static Thread Begin(Action act)
    {
        var thread = new Thread(() =>
        {
            try
            {
                act();
            }
            catch (Exception)
            {
                // There is nobody left to tell.
            }
        })
        { IsBackground = true, Name = "Last words" };
        thread.Start();
        return thread;
    }

    [DoesNotReturn]
    private static void EndNow(int code)
    {
        if (!OperatingSystem.IsWindows()) ExitNow(code);
#pragma warning disable RS0030 // This is the place.
        Environment.Exit(code);
#pragma warning restore RS0030
    }

    private sealed class Watched(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    /// <summary>_exit(2): ends the process without running anything at exit.</summary>
    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void ExitNow(int code);
}
