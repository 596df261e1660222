using System.Globalization;
using System.Reflection;
using BridgeFramework.Configuration;
using BridgeFramework.DeviceSimulators;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.QuickStart;

/// <summary>Everything that the tour visits: a hub, the devices and a gateway, each on a port of its own on loopback.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("bridge-quickstart-").FullName;
    private GatewayHost? _host;

    private Scene(HubEmulator hub, ModbusSlave devices) => (Hub, Devices) = (hub, devices);

    public HubEmulator Hub { get; }
    public ModbusSlave Devices { get; }
    public GatewayHost Host => _host ?? throw new InvalidOperationException("The scene has not been set.");

    /// <exception cref="SceneException">The configuration is not valid, or no plugin was found.</exception>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<Scene> StartAsync(QuickStartOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var devices = ModbusSlave.Start(new ModbusSlaveOptions { Port = options.ModbusPort });
        ModbusModel.Default.ApplyTo(devices);
        var hub = await HubEmulator.StartAsync(HubOptions(options), cancellationToken);
        var scene = new Scene(hub, devices);
        try
        {
            await scene.StartGatewayAsync(loggers, cancellationToken);
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        await Hub.DisposeAsync();
        await Devices.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private async Task StartGatewayAsync(ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Scene");
#pragma warning disable IDISP003 // A scene is started once.
        _host = new GatewayHost(new GatewayHostOptions { Configuration = () => ConfigurationLoader.Load(folder, Settings()) }, loggers);
#pragma warning restore IDISP003
        try
        {
            await _host.StartAsync(cancellationToken);
        }
        catch (InvalidConfigurationException exception)
        {
            throw new SceneException(exception.Message);
        }

        if (_host.PluginsInMemory.Count == 0)
            throw new SceneException(
                $"No plugin was loaded from {PluginDropFolder}: build the solution first. {string.Join(' ', _host.Plugins.Failures)}");
    }

    private string[] Settings() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"hub.port={Hub.MqttPort}"),
        string.Create(CultureInfo.InvariantCulture, $"channels.line1.settings.port={Devices.Port}"),
        $"plugins.folder={PluginDropFolder}",
        $"data.folder={_data}",
    ];

    private static string PluginDropFolder => typeof(Scene).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => string.Equals(metadata.Key, "PluginFolder", StringComparison.Ordinal)).Value!; // written by the project file

    private static HubEmulatorOptions HubOptions(QuickStartOptions options)
    {
        var gateway = new HubDeviceId("GWPROD0001", "test01");
        return new HubEmulatorOptions
        {
            MqttPort = options.MqttPort,
            HttpPort = options.HttpPort,
            Devices =
            [
                new EmulatedDevice { Id = gateway, Kind = HubDeviceKind.Gateway, DeviceSecret = "AAECAwQFBgcICQoLDA0ODw==" },
                new EmulatedDevice
                {
                    Id = new HubDeviceId("SUBPROD001", "test1"),
                    Kind = HubDeviceKind.SubDevice,
                    DeviceSecret = "EBESExQVFhcYGRobHB0eHw==",
                },
                new EmulatedDevice { Id = new HubDeviceId("SUBPROD001", "m02"), Kind = HubDeviceKind.SubDevice, BoundTo = gateway },
                new EmulatedDevice { Id = new HubDeviceId("SUBPROD001", "m03"), Kind = HubDeviceKind.SubDevice, BoundTo = gateway },
                new EmulatedDevice { Id = new HubDeviceId("SUBPROD002", "odd1"), Kind = HubDeviceKind.SubDevice, BoundTo = gateway },
            ],
        };
    }
}
