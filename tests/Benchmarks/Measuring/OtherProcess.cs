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

    /// <summary>Starts this program with one of its own hidden commands, which says its port and ends with its input.</summary>
    public static async Task<OtherProcess> StartAsync(string command)
    {
        string self = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");
        var start = new ProcessStartInfo(self, command) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        var other = new OtherProcess(start);
        string? line = await other._process.StandardOutput.ReadLineAsync();
        if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int port))
        {
            other.Port = port;
            return other;
        }

        await other.DisposeAsync();
        throw new InvalidOperationException($"{self} {command} said '{line}'; expected a port.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
