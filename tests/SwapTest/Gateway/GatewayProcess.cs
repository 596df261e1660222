using System.Globalization;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>A gateway that runs.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private GatewayProcess(ChildProcess process, GatewayLog log, DateTimeOffset started) =>
        (Process, Log, Started) = (process, log, started);

    public ChildProcess Process { get; }

    public GatewayLog Log { get; }

    public DateTimeOffset Started { get; }

    /// <summary>Its resident memory in MB.</summary>
    public double Memory => double.Parse(
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{Process.Id}/status"))
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))["VmRSS:".Length..^"kB".Length],
        CultureInfo.InvariantCulture) / 1024;

    public static GatewayProcess Start(string bridge, SwapScene scene)
    {
        var log = new GatewayLog();
        var started = TimeProvider.System.GetUtcNow();
        return new GatewayProcess(
            ChildProcess.Start("gateway", scene.Path, [bridge, "run", "--config", scene.Path], said: log.Add), log, started);
    }

    /// <summary>Waits until channels serve.</summary>
    public async Task ServingAsync(IEnumerable<string> channels, CancellationToken cancellationToken)
    {
        foreach (string channel in channels)
        {
            if (await Log.FindAsync(line =>
                line.Contains($" Channel {channel} is serving", StringComparison.Ordinal), 0, StartPatience, cancellationToken) is null)
                throw new TestRunException(
                    $"Channel {channel} did not come to serve within {StartPatience.TotalSeconds} s. {Process.Words()}");
        }
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
