using System.Diagnostics;
using System.Globalization;

namespace BridgeFramework.Benchmarks;

/// <summary>The far side, in a process of its own so that its work and garbage are not counted as ours.</summary>
internal sealed class OtherProcess : IAsyncDisposable
{
    private readonly Process _process;

    private OtherProcess(ProcessStartInfo start) =>
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");

    /// <summary>The port of loopback that it listens on.</summary>
    public int Port { get; private set; }

    private static string Self => Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");

    /// <summary>Starts this program with one of its own hidden commands, which says its port and ends with its input.</summary>
    public static async Task<OtherProcess> StartAsync(string command)
    {
        var start = new ProcessStartInfo(Self, command)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var other = new OtherProcess(start);
        string? line = await other._process.StandardOutput.ReadLineAsync();
        if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int port))
        {
            other.Port = port;
            return other;
        }

        await other.DisposeAsync();
        throw new InvalidOperationException($"{Self} {command} said '{line}'; expected a port.");
    }

    /// <summary>Runs this program with one of its own hidden commands to its end.</summary>
    /// <returns>What it said.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static Task<string> RunSelfAsync(params string[] arguments) => RunAsync(Self, arguments);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it said.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has what it said of that.</exception>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        string said = await output;
        string complained = await errors;
        return process.ExitCode == 0
            ? said.TrimEnd()
            : throw new InvalidOperationException(
                $"'{program} {string.Join(' ', arguments)}' ended with {process.ExitCode}: {complained.Trim()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
