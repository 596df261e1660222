using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHubEmulator;

/// <summary>A Tencent Cloud IoT Hub in this process: broker, device registry, gateway operations, firmware, console.</summary>
/// <remarks>All members may be called from any thread. Hubs in one process share nothing. This part composes a hub; what the console of
/// the real hub does is in the other parts of this class.</remarks>
public sealed partial class HubEmulator : IAsyncDisposable
{
    private readonly HubEmulatorOptions _options;
    private readonly DeviceRegistry _registry = new();
    private readonly HubRecord _record;
    private readonly FaultPlan _faults;
    private readonly TestAuthority? _authority;
    private readonly HubBroker _broker;
    private readonly AnswerDispatch _answers;
    private readonly DeviceAdministration _administration;
    private readonly FirmwareStore _firmware = new();
    private readonly FirmwareAdministration _firmwareAdministration;
    private readonly DownloadFaultPlan _downloadFaults = new();
    private readonly DownloadLog _downloads = new();
    private readonly FirmwareFiles _files;
    private readonly IReadOnlyList<ISystemService> _services;
    private readonly CancellationTokenSource _stopping = new();
    private ConsoleServer? _console;
    private int _disposed;

    private HubEmulator(HubEmulatorOptions options)
    {
        _options = options;
        _record = new HubRecord(options);
        _faults = new FaultPlan(options.TimeProvider, _stopping.Token);
        _authority = options.MqttTlsPort is null ? null : TestAuthority.Create(options.Listen);
        var policy = new BrokerPolicy(options, _registry, _record, _faults, options.LoggerFactory.CreateLogger<BrokerPolicy>())
        {
            OnSystemRequestAsync = HandleAsync,
        };
        _broker = new HubBroker(options, _registry, policy, _authority?.Server);
        _answers = new AnswerDispatch(
            options, _record, (topic, payload) =>
                _broker.PublishAsync(topic, payload), options.LoggerFactory.CreateLogger<AnswerDispatch>());
        _administration = new DeviceAdministration(_registry, _broker);
        var urls = new FirmwareUrls(() => ConsoleUrl, options.TimeProvider, options.FirmwareUrlLifetime);
        var firmware = new FirmwareService(_registry, _firmware, urls, _faults, options.LoggerFactory.CreateLogger<FirmwareService>());
        _firmwareAdministration = new FirmwareAdministration(_registry, _firmware, urls, firmware, _broker);
        _files = new FirmwareFiles(_firmware, urls, _downloadFaults, _downloads, options.TimeProvider);
        _services =
        [
            new GatewayOperations(_registry, _faults, options, options.LoggerFactory.CreateLogger<GatewayOperations>()),
            new SystemTime(_faults, options.TimeProvider),
            firmware,
        ];
    }

    /// <summary>The address the listeners are bound to.</summary>
    public IPAddress Address => _options.Listen;

    /// <summary>The broker's port.</summary>
    public int MqttPort => _broker.Port;

    /// <summary>The broker's TLS port, if it has one.</summary>
    public int? MqttTlsPort => _broker.TlsPort;

    /// <summary>The console's port.</summary>
    public int HttpPort => ConsoleUrl.Port;

    /// <summary>Where the console is.</summary>
    public Uri ConsoleUrl => _console?.Url ?? throw new InvalidOperationException("The hub has not started.");

    /// <summary>The authority of the TLS listener's certificate in PEM form, if there is such a listener: a client's CA file.</summary>
    public string? CaCertificatePem => _authority?.CertificatePem;

    /// <summary>How often the hub refused or ignored something.</summary>
    public HubCounters Counters => _record.Counters;

    /// <summary>All devices as they are now, ordered by product id and device name.</summary>
    public IReadOnlyList<HubDeviceStatus> Devices => _registry.Snapshot();

    /// <summary>Starts a hub; when the task completes it accepts connections.</summary>
    /// <exception cref="ArgumentException">A device is malformed or there twice, or
    /// <see cref="HubEmulatorOptions.Listen"/> is no loopback address.</exception>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<HubEmulator> StartAsync(HubEmulatorOptions options, CancellationToken cancellationToken)
    {
        if (!IPAddress.IsLoopback(options.Listen))
            throw new ArgumentException(
                $"The emulator listens on loopback addresses only (127.0.0.0/8 or ::1), not on {options.Listen}.", nameof(options));
        var hub = new HubEmulator(options);
        try
        {
            // Gateways first: the sub-devices are bound to them.
            foreach (var device in options.Devices.OrderBy(device => device.Kind)) hub._registry.Add(device);
            await hub._broker.StartAsync();
            hub._console = await ConsoleServer.StartAsync(options, hub.MapConsole, cancellationToken);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends all connections and stops listening for devices, as in an outage; the console stays.
    /// Nothing is forgotten but broker sessions.</summary>
    public Task StopBrokerAsync() => _broker.StopAsync();

    /// <summary>Listens for devices again, on the same ports.</summary>
    /// <exception cref="IOException">Somebody took the port meanwhile.</exception>
    public Task StartBrokerAsync() => _broker.StartAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stopping.CancelAsync();   // thaws a frozen hub, so that the broker can end
        if (_console is not null) await _console.DisposeAsync();
        await _broker.DisposeAsync();
        _authority?.Dispose();
        _stopping.Dispose();
    }

    private void MapConsole(IEndpointRouteBuilder routes)
    {
        routes.MapPage();
        routes.MapDevices(_registry, _administration, _broker);
        routes.MapRecord(_record);
        routes.MapFaults(_faults);
        routes.MapFirmware(_firmware, _firmwareAdministration);
        routes.MapDownloads(_files, _downloadFaults);
        new RegistrationService(_registry, _options).Map(routes);
    }

    private async Task HandleAsync(SystemRequest request)
    {
        if (_services.FirstOrDefault(service => service.Handles(request.Topic)) is not { } service) return;
        if (service.Handle(request) is not { } answers)
        {
            _record.CountUnintelligibleRequest();
            return;
        }

        foreach (var answer in answers) await _answers.SendAsync(request.Connection, answer);
    }
}
