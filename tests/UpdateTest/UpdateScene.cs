using System.Globalization;
using System.Reflection;
using BridgeFramework.DeviceSimulators;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Processes;

namespace BridgeFramework.UpdateTest;

/// <summary>How many lines there are, how many sub-devices on each, and how they are.</summary>
internal sealed record FleetShape(int Lines, int PerLine, FirmwareOptions Firmware)
{
    /// <summary>How fast the gateway may fetch, bytes a second.</summary>
    public int DownloadRate { get; init; }

    /// <summary>How often each sub-device is polled.</summary>
    public string Interval { get; init; } = "1s";

    /// <summary>How long a device is left alone after it was told to start an image: longer than it takes for that.</summary>
    public string RebootDelay { get; init; } = "3s";

    /// <summary>Messages a second to the hub.</summary>
    public int PublishRate { get; init; } = 15;
}

/// <summary>A hub and lines of devices in this process, and the folder that a gateway runs on.</summary>
internal sealed class UpdateScene : IAsyncDisposable
{
    public const string Product = "FLEET00001";
    public const string FirstVersion = "1.0.0";
    private readonly WorkFolder _files;
    private readonly List<ModbusSlave> _lines = [];

    private UpdateScene(string folder, HubEmulator hub) => (_files, Hub) = (new WorkFolder(folder), hub);

    public string Folder => _files.Path;

    public HubEmulator Hub { get; }

    public IReadOnlyList<FleetDevice> Devices { get; private set; } = [];

    public static async Task<UpdateScene> StartAsync(string folder, FleetShape shape, CancellationToken cancellationToken)
    {
        var ids = Enumerable.Range(1, shape.Lines * shape.PerLine)
            .Select(n => new HubDeviceId(Product, string.Create(CultureInfo.InvariantCulture, $"d{n:000}"))).ToList();
        string[] gateway = WorkFolder.Gateway.Split('/');
        var gatewayId = new HubDeviceId(gateway[0], gateway[1]);
        var hub = await HubEmulator.StartAsync(
            new HubEmulatorOptions
            {
                Devices =
                [
                    new EmulatedDevice { Id = gatewayId, Kind = HubDeviceKind.Gateway, DeviceSecret = WorkFolder.GatewaySecret },
                    .. ids.Select(id => new EmulatedDevice { Id = id, Kind = HubDeviceKind.SubDevice, BoundTo = gatewayId }),
                ],
            },
            cancellationToken);
        var scene = new UpdateScene(folder, hub);
        scene.AddDevices(ids, shape);
        scene.WriteGateway(shape);
        return scene;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var line in _lines) await line.DisposeAsync();
        await Hub.DisposeAsync();
    }

    private static string PluginFolder => typeof(UpdateScene).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => string.Equals(metadata.Key, "PluginFolder", StringComparison.Ordinal)).Value!; // written by the project file

    private void AddDevices(List<HubDeviceId> ids, FleetShape shape)
    {
        var devices = new List<FleetDevice>();
        for (int line = 0; line < shape.Lines; line++)
        {
            var slave = ModbusSlave.Start();
            _lines.Add(slave);
            for (byte unit = 1; unit <= shape.PerLine; unit++)
            {
                var device = slave.AddUnit(unit);
                device.Holding.SetFloat32(0, 230f + unit);
                devices.Add(new FleetDevice(ids[devices.Count], line, unit, device.AddFirmware(shape.Firmware)));
            }
        }

        Devices = devices;
    }

    private void WriteGateway(FleetShape shape)
    {
        _files.WriteDeviceInfo();
        _files.Write("bridge.json", new
        {
            hub = new
            {
                deviceInfo = "device_info.json",
                host = "127.0.0.1",
                port = Hub.MqttPort,
                tls = false,
                publishRate = shape.PublishRate,
                maxSubscriptions = 1000,
            },
            plugins = new { folder = PluginFolder, provenAfter = "0s" }, // a kill is not the plugin's doing
            data = new { folder = "data" },
            firmware = new { downloadRate = shape.DownloadRate },
            products = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [Product] = new { type = "meter", profile = new { format = "compact" } }
            },
            deviceTypes = new
            {
                meter = new
                {
                    driver = "modbus",
                    interval = shape.Interval,
                    settings = new { firmware = new { blockWords = 122, rebootDelay = shape.RebootDelay } },
                    points = new Dictionary<string, object>(StringComparer.Ordinal)
                    {
                        ["voltage"] = new { at = new { table = "holding", address = 0, type = "float32" } }
                    },
                },
            },
            channels = Enumerable.Range(0, shape.Lines).ToDictionary(
                line => string.Create(CultureInfo.InvariantCulture, $"line{line + 1:00}"),
                line => new
                {
                    driver = "modbus",
                    settings = new { transport = "tcp", host = "127.0.0.1", port = _lines[line].Port, responseTimeout = "2s" },
                    devices = Devices.Where(device => device.Line == line).Select(device => new
                    {
                        id = device.Id.ToString(),
                        settings = new { unitId = device.Unit },
                    }),
                },
                StringComparer.Ordinal),
        });
    }
}

/// <summary>A device of the fleet.</summary>
/// <param name="Id">What the hub calls it.</param>
/// <param name="Line">Its line, from 0.</param>
/// <param name="Unit">Its unit id.</param>
/// <param name="Firmware">What it does about its firmware.</param>
internal sealed record FleetDevice(HubDeviceId Id, int Line, byte Unit, FirmwareSlot Firmware);
