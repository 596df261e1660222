using System.Globalization;
using System.Text.RegularExpressions;

namespace BridgeFramework.Processes;

/// <summary>The emulator of the hub in a process of its own, and where it listens.</summary>
public sealed partial class HubProcess : IAsyncDisposable
{
    private const int MatchTimeout = 1000;

    private HubProcess(ChildProcess process, int mqttPort, Uri console) => (Process, MqttPort, Console) = (process, mqttPort, console);

    /// <summary>The process.</summary>
    public ChildProcess Process { get; }

    /// <summary>The port of its broker.</summary>
    public int MqttPort { get; }

    /// <summary>The address of its console.</summary>
    public Uri Console { get; }

    /// <summary>Starts it, from the DLL beside this program.</summary>
    /// <param name="folder">Takes its log.</param>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<HubProcess> StartAsync(string folder, string configuration, CancellationToken cancellationToken)
    {
        var process = ChildProcess.Start(
            "emulator", folder, [Path.Combine(AppContext.BaseDirectory, "BridgeFramework.IotHubEmulator.dll"), "--config", configuration]);
        try
        {
            var addresses = Addresses().Match(
                await process.SaysAsync(line => Addresses().IsMatch(line), "where it listens", cancellationToken));
            return new HubProcess(process, int.Parse(addresses.Groups["port"].Value, CultureInfo.InvariantCulture), new Uri(
                addresses.Groups["console"].Value));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    [GeneratedRegex(@"mqtt://[\d.]+:(?<port>\d+), console (?<console>http\S+?),", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex Addresses();
}
