using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace BridgeFramework.Interop;

/// <summary>A program of somebody else, started for one test and gone with it. Its last words are in every failure.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private const int KeptLines = 40;
    private const int SignalTerminate = 15;
    private const int SignalContinue = 18;
    private const int SignalStop = 19;
    // Guards: how long a step of a peer may take before the test says that it did not happen.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _last = new();
    private readonly Task _reading;
    private int _disposed;

    private PeerProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, told: true), ReadAsync(process.StandardError, told: false));
    }

    /// <summary>What it said lately, for messages.</summary>
    public string LastWords => $"{Path.GetFileName(_process.StartInfo.FileName)} said:\n{string.Join('\n', _last)}";

    /// <summary>Starts a program.</summary>
    public static PeerProcess Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        return new PeerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
    }

    /// <summary>A TCP port of loopback that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port; // bound above
    }

    /// <summary>Waits until it takes connections on a port of loopback.</summary>
    public async Task AcceptingAsync(int port)
    {
        using var guard = Guard();
        while (true)
        {
            Assert.False(_process.HasExited, $"It ended before it listened on {port}. {LastWords}");
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, port, guard.Token);
                return;
            }
            catch (SocketException) when (!guard.IsCancellationRequested)
            {
                // Not listening yet. A process of somebody else has no event for it.
                await Task.Delay(Retry, TimeProvider.System, TestContext.Current.CancellationToken);
            }
            catch (Exception late) when (late is SocketException or OperationCanceledException)
            {
                throw new TimeoutException($"It did not listen on {port} within {Patience.TotalSeconds} s. {LastWords}", late);
            }
        }
    }

    /// <summary>Waits for a line of its standard output; those before it are passed over.</summary>
    public async Task<string> SaysAsync(Predicate<string> wanted, string description)
    {
        using var guard = Guard();
        try
        {
            await foreach (string line in _lines.Reader.ReadAllAsync(guard.Token))
                if (wanted(line)) return line;
        }
        catch (OperationCanceledException late) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"It did not say {description} within {Patience.TotalSeconds} s. {LastWords}", late);
        }

        throw new InvalidOperationException($"It ended before it said {description}. {LastWords}");
    }

    /// <summary>Gives it a line on standard input.</summary>
    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), TestContext.Current.CancellationToken);
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for its end and gives the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var guard = Guard();
        await _process.WaitForExitAsync(guard.Token);
        await _reading;
        return _process.ExitCode;
    }

    /// <summary>All of its standard output that nobody waited for, once it has ended.</summary>
    public async Task<string> OutputAsync()
    {
        await ExitAsync();
        return string.Join('\n', await _lines.Reader.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync());
    }

    /// <summary>Stops it from running without ending it: its connections stay open and nobody is home.</summary>
    public void Freeze() => Signal(SignalStop);

    /// <summary>Lets it run again.</summary>
    public void Thaw() => Signal(SignalContinue);

    /// <summary>Asks it to end, as a service manager does, and gives its exit code.</summary>
    public Task<int> StopAsync()
    {
        Signal(SignalTerminate);
        return ExitAsync();
    }

    /// <summary>Ends it at once, as a crash would. Harmless when it has ended, or was disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (SendSignal(_process.Id, signal) != 0)
            throw new InvalidOperationException(
                $"Signal {signal} did not reach process {_process.Id}: error {Marshal.GetLastPInvokeError()}.");
    }

    private static CancellationTokenSource Guard()
    {
        var guard = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        guard.CancelAfter(Patience);
        return guard;
    }

    private async Task ReadAsync(StreamReader reader, bool told)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _last.Enqueue(line);
            while (_last.Count > KeptLines) _last.TryDequeue(out _);
            if (told) _lines.Writer.TryWrite(line);
        }
        if (told) _lines.Writer.TryComplete();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
