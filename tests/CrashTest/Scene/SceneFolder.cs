using System.Globalization;
using System.Text.Json;

namespace BridgeFramework.CrashTest;

/// <summary>The files that the three programs run on: eight sub-devices on two lines, half of them in the compact form.</summary>
internal sealed class SceneFolder
{
    public const string Gateway = "GWPROD0001/test01";

    /// <summary>The point that counts up with each read.</summary>
    public const string CountPoint = "count";

    private const string GatewaySecret = "AAECAwQFBgcICQoLDA0ODw==";
    private const int PerLine = 4;
    private const int Lines = 2;

    // So many that no repetition comes too late to be compared.
    private const int SamplesKept = 1_000_000;

    private readonly CrashTestOptions _options;

    private SceneFolder(string path, CrashTestOptions options) => (Path, _options) = (path, options);

    public string Path { get; }

    public string SimulatorFile => In("meters.json");

    public string EmulatorFile => In("emulator.json");

    /// <summary>The sub-devices by unit id, 1 at index 0.</summary>
    public static IReadOnlyList<string> SubDevices { get; } =
        [.. Enumerable.Range(1, Lines * PerLine).Select(unit => string.Create(CultureInfo.InvariantCulture, $"{(unit % 2 == 0 ? "COMPACT001" : "PLAIN00001")}/m{unit}"))];

    public static SceneFolder Create(CrashTestOptions options)
    {
        var scene = new SceneFolder(Directory.CreateTempSubdirectory("bridge-crash-").FullName, options);
        Write(scene.SimulatorFile, new
        {
            units = new[]
            {
                new
                {
                    id = string.Create(CultureInfo.InvariantCulture, $"1..{SubDevices.Count}"),
                    holding = new object[]
                    {
                        new { address = 0, type = "uInt32", perRead = 1 },
                        new { address = 2, type = "float32", value = 230, swing = 5, periodSeconds = 7 },
                    },
                },
            },
        });
        Write(scene.EmulatorFile, new
        {
            mqttPort = 0,
            httpPort = 0,
            uplinkSamplesKept = SamplesKept,
            devices = new object[] { new { productId = "GWPROD0001", deviceName = "test01", deviceSecret = GatewaySecret, kind = "gateway" } }
                .Concat(SubDevices.Select(id => id.Split('/')).Select(id => (object)new
                {
                    productId = id[0],
                    deviceName = id[1],
                    deviceSecret = "EBESExQVFhcYGRobHB0eHw==",
                    kind = "subDevice",
                    boundTo = Gateway,
                })),
        });
        return scene;
    }

    /// <summary>Writes the configuration of the gateway, once the ports are known.</summary>
    public void WriteGateway(int mqttPort, int modbusPort, string pluginFolder)
    {
        Write(In("device_info.json"), new
        {
            auth_mode = "KEY",
            productId = "GWPROD0001",
            productSecret = "",
            deviceName = "test01",
            key_deviceinfo = new { deviceSecret = GatewaySecret },
            region = "china",
        });
        Write(In("bridge.json"), new
        {
            hub = new { deviceInfo = "device_info.json", host = "127.0.0.1", port = mqttPort, tls = false },
            plugins = new { folder = pluginFolder },
            data = new { folder = "data" },
            products = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["PLAIN00001"] = new { type = "counter" },
                ["COMPACT001"] = _options.PlainOnly ? new { type = "counter" } : new { type = "counter", profile = new { format = "compact" } },
            },
            deviceTypes = new
            {
                counter = new
                {
                    driver = "modbus",
                    interval = string.Create(CultureInfo.InvariantCulture, $"{_options.Poll.TotalMilliseconds:F0}ms"),
                    points = new Dictionary<string, object>(StringComparer.Ordinal)
                    {
                        [CountPoint] = new { at = new { table = "holding", address = 0, type = "uint32" } },
                        ["voltage"] = new { at = new { table = "holding", address = 2, type = "float32" } },
                        ["hole"] = new { at = new { table = "input", address = 9, type = "uint16" }, interval = "1s" },   // there is none: a sample without a good value
                    },
                },
            },
            channels = Enumerable.Range(0, Lines).ToDictionary(
                line => string.Create(CultureInfo.InvariantCulture, $"line{line + 1}"),
                line => new
                {
                    driver = "modbus",
                    // Long, so that a busy machine does not make a read happen twice.
                    settings = new { transport = "tcp", host = "127.0.0.1", port = modbusPort, responseTimeout = "20s" },
                    devices = SubDevices.Skip(line * PerLine).Take(PerLine).Select((id, i) => new { id, settings = new { unitId = (line * PerLine) + i + 1 } }),
                },
                StringComparer.Ordinal),
        });
    }

    public void Delete() => Directory.Delete(Path, recursive: true);

    private string In(string file) => System.IO.Path.Combine(Path, file);

    private static void Write(string file, object content) => File.WriteAllText(file, JsonSerializer.Serialize(content));
}
