using System.Globalization;
using BridgeFramework.Processes;

namespace BridgeFramework.CrashTest;

/// <summary>The files that the three programs run on: eight sub-devices on two lines, half of them in the compact form.</summary>
internal sealed class SceneFolder
{
    /// <summary>The point that counts up with each read.</summary>
    public const string CountPoint = "count";

    private const string SimulatorName = "meters.json";
    private const int PerLine = 4;
    private const int Lines = 2;

    private readonly CrashTestOptions _options;
    private readonly WorkFolder _files;

    private SceneFolder(string path, CrashTestOptions options) => (_files, _options) = (new WorkFolder(path), options);

    public string Path => _files.Path;

    public string SimulatorFile => _files.In(SimulatorName);

    public string EmulatorFile => _files.EmulatorFile;

    /// <summary>The sub-devices by unit id, 1 at index 0.</summary>
    public static IReadOnlyList<string> SubDevices { get; } =
        [.. Enumerable.Range(1, Lines * PerLine)
            .Select(unit => string.Create(CultureInfo.InvariantCulture, $"{(unit % 2 == 0 ? "COMPACT001" : "PLAIN00001")}/m{unit}"))];

    public static SceneFolder Create(CrashTestOptions options)
    {
        var scene = new SceneFolder(Directory.CreateTempSubdirectory("bridge-crash-").FullName, options);
        scene._files.Write(SimulatorName, new
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
        scene._files.WriteEmulator(SubDevices);
        return scene;
    }

    /// <summary>Writes the configuration of the gateway, once the ports are known.</summary>
    public void WriteGateway(int mqttPort, int modbusPort, string pluginFolder)
    {
        _files.WriteDeviceInfo();
        _files.Write("bridge.json", new
        {
            hub = new { deviceInfo = "device_info.json", host = "127.0.0.1", port = mqttPort, tls = false },
            plugins = new { folder = pluginFolder, provenAfter = "0s" }, // a kill is not the plugin's doing
            data = new { folder = "data" },
            products = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["PLAIN00001"] = new { type = "counter" },
                ["COMPACT001"] = _options.PlainOnly ? new { type = "counter" } : new
                {
                    type = "counter",
                    profile = new { format = "compact" },
                },
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
                        // there is none: a sample without a good value
                        ["hole"] = new { at = new { table = "input", address = 9, type = "uint16" }, interval = "1s" },
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
                    devices = SubDevices.Skip(line * PerLine).Take(PerLine).Select(
                        (id, i) => new { id, settings = new { unitId = (line * PerLine) + i + 1 } }),
                },
                StringComparer.Ordinal),
        });
    }

    public void Delete() => _files.Delete();
}
