using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using BridgeFramework.DeviceSimulators;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Plugins;
using BridgeFramework.Processes;

namespace BridgeFramework.Benchmarks;

/// <summary>What a gateway has to do: each sub-device has so many points, and each point is read and sent every second.</summary>
internal sealed record MemoryLoad(int Lines, int UnitsPerLine, int Points)
{
    public int Devices => Lines * UnitsPerLine;
}

/// <summary>The program <c>bridge</c> in a process of its own at a load; its hub and its Modbus lines are in this one.</summary>
internal sealed class MemoryScene : IAsyncDisposable
{
    private const string Product = "METERS0001";
    private readonly List<ModbusSlave> _lines = [];
    private readonly TemporaryFolder _folder = new();
    private readonly HubEmulator _hub;
    private readonly ChildProcess _gateway;

    private MemoryScene(HubEmulator hub, MemoryLoad load, IReadOnlyList<string> without)
    {
        _hub = hub;
        for (int line = 0; line < load.Lines; line++) _lines.Add(StartLine(load));
        DropPlugin();
        WriteGateway(load);
        string[] program = ["exec", "--runtimeconfig", WriteSettings(without), "--depsfile", Bridge(".deps.json"), Bridge(".dll")];
        _gateway = ChildProcess.Start("gateway", _folder.Path, [.. program, "run", "--config", _folder.Path]);
    }

    /// <summary>What its memory is made of.</summary>
    public Task<MemoryUse> UseAsync() => MemoryUse.ReadAsync(
        _gateway.Id, ["exec", Bridge(".dll"), "status", "--json", "--config", _folder.Path]);

    /// <summary>Replaces the plugin by another build of it, and waits until that has passed its trial.</summary>
    /// <param name="number">The last part of its version.</param>
    public async Task SwapAsync(int number)
    {
        string version = string.Create(CultureInfo.InvariantCulture, $"9.0.{number}");
        string folder = _folder.In($"versions/{version}");
        CopyPlugin(folder);
        string manifest = Path.Combine(folder, PluginManifest.FileName);
        var json = JsonNode.Parse(await File.ReadAllBytesAsync(manifest))!.AsObject(); // ! the build made it
        json["version"] = version;
        await File.WriteAllTextAsync(manifest, json.ToJsonString());
        PluginSeal.Renew(folder);
        string dropped = _folder.In("plugins/modbus");
        Directory.Delete(dropped, recursive: true);
        Directory.Move(folder, dropped);
        await _gateway.SaysAsync(
            line => line.Contains($"{version} has passed its trial", StringComparison.Ordinal), $"that {version} has passed",
            CancellationToken.None);
    }

    /// <summary>The resident memory of the gateway, bytes.</summary>
    public long Memory => Of(process => process.WorkingSet64);

    /// <summary>The processor time that the gateway has taken.</summary>
    public TimeSpan ProcessorTime => Of(process => process.TotalProcessorTime);

    /// <summary>How many samples the hub has.</summary>
    public long Samples => _hub.UplinkLanes.Sum(lane => lane.Counts.Samples);

    /// <summary>Starts all of it.</summary>
    /// <param name="load">What there is to do.</param>
    /// <param name="without">The runtime settings that the gateway ships with and does not get here.</param>
    public static async Task<MemoryScene> StartAsync(MemoryLoad load, IReadOnlyList<string> without)
    {
        string[] gateway = WorkFolder.Gateway.Split('/');
        var gatewayId = new HubDeviceId(gateway[0], gateway[1]);
        var hub = await HubEmulator.StartAsync(
            new HubEmulatorOptions
            {
                Devices =
                [
                    new EmulatedDevice { Id = gatewayId, Kind = HubDeviceKind.Gateway, DeviceSecret = WorkFolder.GatewaySecret },
                    .. Enumerable.Range(0, load.Devices)
                        .Select(n => new EmulatedDevice { Id = IdOf(n), Kind = HubDeviceKind.SubDevice, BoundTo = gatewayId }),
                ],
                // What it keeps is of no use here.
                MessageCapacity = 100,
                TranscriptCapacity = 100,
                UplinkSamplesKept = 100,
            },
            CancellationToken.None);
        return new MemoryScene(hub, load, without);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        foreach (var line in _lines) await line.DisposeAsync();
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    private static string PluginFolder => typeof(MemoryScene).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => string.Equals(metadata.Key, "PluginFolder", StringComparison.Ordinal)).Value!; // written by the project file

    private static string Bridge(string ending) => Path.Combine(AppContext.BaseDirectory, $"bridge{ending}");

    private static HubDeviceId IdOf(int number) => new(Product, string.Create(CultureInfo.InvariantCulture, $"d{number:000}"));

    private static ModbusSlave StartLine(MemoryLoad load)
    {
        var slave = ModbusSlave.Start();
        for (byte unit = 1; unit <= load.UnitsPerLine; unit++)
        {
            var registers = slave.AddUnit(unit).Holding;
            for (int point = 0; point < load.Points; point++) registers.SetUInt16(point, (ushort)(1000 * unit + point));
        }

        return slave;
    }

    /// <summary>Only so can they be taken away: variables of the environment do not win over them.</summary>
    private string WriteSettings(IReadOnlyList<string> without)
    {
        var settings = JsonNode.Parse(File.ReadAllText(Bridge(".runtimeconfig.json")))!;   // ! written by the build
        var values = settings["runtimeOptions"]!["configProperties"]!.AsObject();
        foreach (string name in without)
            if (!values.Remove(name)) throw new InvalidOperationException($"bridge ships without {name}.");
        string path = _folder.In("bridge.runtimeconfig.json");
        File.WriteAllText(path, settings.ToJsonString());
        return path;
    }

    /// <summary>A copy, so that no build replaces it meanwhile.</summary>
    private void DropPlugin() => CopyPlugin(_folder.In("plugins/modbus"));

    private static void CopyPlugin(string target)
    {
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(PluginFolder, "modbus")))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }

    private void WriteGateway(MemoryLoad load)
    {
        var files = new WorkFolder(_folder.Path);
        files.WriteDeviceInfo();
        files.Write("bridge.json", new
        {
            hub = new
            {
                deviceInfo = "device_info.json",
                host = "127.0.0.1",
                port = _hub.MqttPort,
                tls = false,
                publishRate = 100,
                maxSubscriptions = 1000,
            },
            plugins = new { folder = "plugins", trial = "5s" },
            data = new { folder = "data" },
            products = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [Product] = new { type = "meter", profile = new { format = "compact" } },
            },
            deviceTypes = new
            {
                meter = new
                {
                    driver = "modbus",
                    interval = "1s",
                    points = Enumerable.Range(0, load.Points).ToDictionary(
                        point => string.Create(CultureInfo.InvariantCulture, $"p{point:00}"),
                        point => new { at = new { table = "holding", address = point, type = "uint16" } },
                        StringComparer.Ordinal),
                },
            },
            channels = Enumerable.Range(0, load.Lines).ToDictionary(
                line => string.Create(CultureInfo.InvariantCulture, $"line{line + 1:00}"),
                line => new
                {
                    driver = "modbus",
                    settings = new { transport = "tcp", host = "127.0.0.1", port = _lines[line].Port },
                    devices = Enumerable.Range(1, load.UnitsPerLine)
                        .Select(unit => new { id = $"{IdOf(line * load.UnitsPerLine + unit - 1)}", settings = new { unitId = unit } }),
                },
                StringComparer.Ordinal),
        });
    }

    private T Of<T>(Func<Process, T> ask)
    {
        using var process = Process.GetProcessById(_gateway.Id);
        return ask(process);
    }
}
