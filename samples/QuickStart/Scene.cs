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
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private Scene(HubEmulator hub, ModbusSlave devices) => (Hub, Devices) = (hub, devices);

    public HubEmulator Hub { get; }
    public ModbusSlave Devices { get; }
    public GatewayPlan Configuration { get; private set; } = null!; // set before StartAsync hands the scene over
    public PluginHost Plugins { get; private set; } = null!; // likewise
    public BridgeGateway Gateway { get; private set; } = null!; // likewise

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
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Gateway is not null) await Gateway.DisposeAsync();
        Plugins?.Dispose();
        await Hub.DisposeAsync();
        await Devices.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private async Task StartGatewayAsync(ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var result = ConfigurationLoader.Load(Path.Combine(AppContext.BaseDirectory, "Scene"), Settings());
        Configuration = result.Plan ?? throw new SceneException(string.Join(Environment.NewLine, result.Mistakes));
#pragma warning disable IDISP003 // A scene is started once.
        Plugins = new PluginHost(PluginHostOptions.Of(Configuration, result), TimeProvider.System, loggers);
#pragma warning restore IDISP003
        await Plugins.StartAsync(cancellationToken);
        if (Plugins.InMemory.Count == 0)
            throw new SceneException(
                $"No plugin was loaded from {Configuration.Plugins.Folder}: build the solution first. {string.Join(' ', Plugins.Failures)}");
        result = DriverSettingsValidation.Validate(result, Plugins.Drivers);
        if (!result.IsValid) throw new SceneException(string.Join(Environment.NewLine, result.Mistakes));
        Gateway = new BridgeGateway(Configuration, HubAccess.OptionsOf(Configuration), Plugins.Drivers, TimeProvider.System, loggers);
        Plugins.Attach(Gateway);
        _running = Task.WhenAll(Gateway.RunAsync(_stop.Token), Plugins.RunAsync(_stop.Token));
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
                new EmulatedDevice { Id = new HubDeviceId("SUBPROD001", "test1"), Kind = HubDeviceKind.SubDevice, DeviceSecret = "EBESExQVFhcYGRobHB0eHw==" },
                new EmulatedDevice { Id = new HubDeviceId("SUBPROD001", "m02"), Kind = HubDeviceKind.SubDevice, BoundTo = gateway },
                new EmulatedDevice { Id = new HubDeviceId("SUBPROD001", "m03"), Kind = HubDeviceKind.SubDevice, BoundTo = gateway },
                new EmulatedDevice { Id = new HubDeviceId("SUBPROD002", "odd1"), Kind = HubDeviceKind.SubDevice, BoundTo = gateway },
            ],
        };
    }
}
