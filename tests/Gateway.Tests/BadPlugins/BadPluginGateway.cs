using System.Text.Json;
using BridgeFramework.Plugins;
using BridgeFramework.Processes;
using BridgeFramework.Testing;

namespace BridgeFramework.Gateway.Tests;

/// <summary>A gateway in a process of its own, with one bad plugin and a good one beside it, and its operator. There is no hub.</summary>
internal sealed class BadPluginGateway : IAsyncDisposable
{
    private const string Bad = "shape";
    private const string Neighbour = "sphere";
    private const string NeighbourDevice = "SUBPROD001/neighbour";

    private readonly string _folder = Directory.CreateTempSubdirectory("bad-plugin-").FullName;
    private ChildProcess? _process;

    private BadPluginGateway()
    {
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ChildProcess Process => _process ?? throw new InvalidOperationException("It was not started.");

    /// <summary>Starts it.</summary>
    /// <param name="behaviour">What the bad plugin does.</param>
    public static async Task<BadPluginGateway> StartAsync(string behaviour)
    {
        var gateway = new BadPluginGateway();
        try
        {
            await gateway.PrepareAsync(behaviour);
            gateway._process = ChildProcess.Start(
                "bridge", gateway._folder, [Path.Combine(AppContext.BaseDirectory, "bridge.dll"), "run", "--config", gateway._folder]);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the good plugin has reported something: the log may be closed already.</summary>
    public async Task NeighbourServesAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (await TryReportedAsync() is null or 0) await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, patience.Token);
    }

    /// <summary>How much the good plugin has reported.</summary>
    public async Task<long> NeighbourReportedAsync() =>
        await TryReportedAsync() ?? throw new TestRunException($"The gateway does not answer. {Process.Words()}");

    /// <summary>All that its operator can read.</summary>
    public async Task<string> ReadAsync()
    {
        string log = Path.Combine(_folder, "bridge.log");
        string said = Process.Ended.IsCompleted ? "" : await BridgeAsync("status") + await BridgeAsync("plugin list");
        await using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return said + await reader.ReadToEndAsync(Ct);
    }

    /// <summary>What of its data others than its owner may read or write.</summary>
    public IEnumerable<string> FilesOfOthers()
    {
        const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;
        if (OperatingSystem.IsWindows()) yield break;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(_folder, "data"), "*", SearchOption.AllDirectories))
            if ((File.GetUnixFileMode(file) & Others) != UnixFileMode.None) yield return file;
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task<int> EndAsync() => (await Process.ResultAsync(Ct).OrFail("the gateway ends")).ExitCode;

    public Task<int> StopAsync() => Process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task PrepareAsync(string behaviour)
    {
        string plugins = Path.Combine(_folder, "plugins");
        string bad = BuildOutput.DropFixture(Bad, plugins);
        await File.WriteAllTextAsync(Path.Combine(bad, "behaviour"), behaviour, Ct);
        PluginSeal.Renew(bad);

        string neighbour = Path.Combine(plugins, Neighbour);
        Directory.Move(BuildOutput.DropFixture(Bad, Path.Combine(_folder, "made")), neighbour);
        await File.WriteAllTextAsync(Path.Combine(neighbour, "behaviour"), "another driver", Ct);
        string manifest = Path.Combine(neighbour, PluginManifest.FileName);
        string built = await File.ReadAllTextAsync(manifest, Ct);
        await File.WriteAllTextAsync(manifest, built.Replace($"\"{Bad}\"", $"\"{Neighbour}\"", StringComparison.Ordinal), Ct);
        PluginSeal.Renew(neighbour);

        await File.WriteAllTextAsync(
            Path.Combine(_folder, "device_info.json"),
            """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""",
            Ct);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "bridge.json"),
            $$"""
            { "hub": { "host": "127.0.0.1", "port": 1, "tls": false },
              "channels": { "line1": {{Channel(Bad, "SUBPROD001/bad")}}, "line2": {{Channel(Neighbour, NeighbourDevice)}} } }
            """,
            Ct);
    }

    private static string Channel(string driver, string device) =>
        $$"""{ "driver": "{{driver}}", "settings": {}, "devices": [ { "id": "{{device}}", "points": { "a": { "at": {} } } } ] }""";

    private async Task<long?> TryReportedAsync()
    {
        string said = await BridgeAsync("ledger --json");
        if (!said.StartsWith('{') || !JsonElement.Parse(said).TryGetProperty("devices", out var list)) return null;
        using var devices = list.EnumerateArray();
        foreach (var device in devices)
            if (device.GetProperty("id").GetString() == NeighbourDevice) return device.GetProperty("reported").GetInt64();
        return null;
    }

    private async Task<string> BridgeAsync(string line)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        await BridgeCommand.RunAsync([.. line.Split(' '), "--config", _folder], output, error);
        return output.ToString() is { Length: > 0 } said ? said : error.ToString();
    }
}
