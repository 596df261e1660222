using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace BridgeFramework.Processes;

/// <summary>A program of ours in a process of its own, ended by its id. What it says goes to a file, its last
/// words into messages.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 30;
    private const int SignalTerminate = 15;
    private const int SignalHangUp = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Lock _lock = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _last = new();
    private readonly StringBuilder _output = new();
    private readonly bool _keepsOutput;
    private readonly Action<string>? _said;
    private readonly Task _reading;
    private int _disposed;

    private ChildProcess(string name, Process process, StreamWriter log, bool keepsOutput, Action<string>? said)
    {
        (Name, _process, _log, _keepsOutput, _said) = (name, process, log, keepsOutput, said);
        _log.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"==== {TimeProvider.System.GetLocalNow():HH:mm:ss.fff} started as process {process.Id}"));
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, isOutput: true), ReadAsync(process.StandardError, isOutput: false));
    }

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>The last lines it said.</summary>
    public IReadOnlyList<string> LastWords => [.. _last];

    /// <summary>Completes when it has ended.</summary>
    public Task Ended => _process.WaitForExitAsync(CancellationToken.None);

    /// <summary>Starts a .NET program.</summary>
    /// <param name="name">For messages and for the log <c>{name}.log</c> in <paramref name="logFolder"/>, which is continued.</param>
    /// <param name="logFolder">Where the log is.</param>
    /// <param name="arguments">The DLL and its arguments.</param>
    /// <param name="keepsOutput">Whether all of its standard output is wanted at its end; else it is read line by line.</param>
    /// <param name="said">Told of each line of its standard output, one after another.</param>
    /// <param name="terminal">The terminal that it belongs to.</param>
    public static ChildProcess Start(
        string name, string logFolder, IReadOnlyList<string> arguments, bool keepsOutput = false, Action<string>? said = null,
        PseudoTerminal? terminal = null)
    {
        // In the place of the shell, so that the process is the program.
        var start = terminal is null ? new ProcessStartInfo("dotnet", arguments)
            : new ProcessStartInfo(
                "sh", ["-c", "tty=$1; shift; exec setsid --ctty dotnet \"$@\" <\"$tty\"", "sh", terminal.Path, .. arguments]);
        start.UseShellExecute = false;
        start.RedirectStandardInput = true; // none of them reads the terminal
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        start.StandardErrorEncoding = Encoding.UTF8;
        return new ChildProcess(
            name,
            Process.Start(start) ?? throw new TestRunException($"{name} did not start: dotnet {string.Join(' ', arguments)}"),
            new StreamWriter(Path.Combine(logFolder, $"{name}.log"), append: true) { AutoFlush = true },
            keepsOutput,
            said);
    }

    /// <summary>Waits for a line of its standard output; those before it are passed over.</summary>
    public async Task<string> SaysAsync(Predicate<string> wanted, string description, CancellationToken cancellationToken)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        guard.CancelAfter(Patience);
        try
        {
            await foreach (string line in _lines.Reader.ReadAllAsync(guard.Token))
                if (wanted(line)) return line;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TestRunException($"{Name} did not say {description} within {Patience.TotalSeconds} s. {Words()}", late);
        }

        throw new TestRunException($"{Name} ended before it said {description}. {Words()}");
    }

    /// <summary>Waits for a line of its standard output, or until the time is over or it has ended.</summary>
    public async Task<bool> MaySayAsync(Predicate<string> wanted, TimeSpan within, CancellationToken cancellationToken)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        guard.CancelAfter(within);
        try
        {
            await foreach (string line in _lines.Reader.ReadAllAsync(guard.Token))
                if (wanted(line)) return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        return false;
    }

    /// <summary>Ends it as a crash would: SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
    }

    /// <summary>Asks it to end, as a service manager does, and gives its exit code.</summary>
    public Task<int> StopAsync()
    {
        Send(SignalTerminate);
        return EndAsync();
    }

    /// <summary>Sends it SIGHUP, as a service manager does that wants it to reload.</summary>
    public void HangUp() => Send(SignalHangUp);

    /// <summary>Waits until it has ended, and gives its exit code.</summary>
    public async Task<int> EndAsync(TimeSpan? patience = null)
    {
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(patience ?? Patience, TimeProvider.System);
        }
        catch (TimeoutException late)
        {
            throw new TestRunException($"{Name} did not end within {(patience ?? Patience).TotalSeconds} s. {Words()}", late);
        }

        await _reading;
        return _process.ExitCode;
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code and, when it keeps it, its standard output.</returns>
    public async Task<(int ExitCode, string Output)> ResultAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _reading;
        return (_process.ExitCode, _output.ToString());
    }

    /// <summary>Its last words, for a message.</summary>
    public string Words() => $"Its last words:\n  {string.Join("\n  ", _last)}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await KillAsync();
        _process.Dispose();
        await _log.DisposeAsync();
    }

    private void Send(int signal)
    {
        if (!_process.HasExited && SendSignal(_process.Id, signal) != 0 && !_process.HasExited)
            throw new TestRunException(
                $"Signal {signal} did not reach {Name}, process {_process.Id}: error {Marshal.GetLastPInvokeError()}.");
    }

    private async Task ReadAsync(StreamReader reader, bool isOutput)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _log.WriteLine(line);
                if (isOutput && _keepsOutput) _output.AppendLine(line);
            }

            if (isOutput) _said?.Invoke(line);
            _last.Enqueue(line);
            while (_last.Count > KeptLines) _last.TryDequeue(out _);
            if (isOutput && !_keepsOutput) _lines.Writer.TryWrite(line);
        }

        if (isOutput) _lines.Writer.TryComplete();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
