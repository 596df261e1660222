using System.Text.Json;
using BridgeFramework.Configuration;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Runtime;
using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Gateway.Tests;

/// <summary>A gateway that really runs, with a hub of its own in this process, and the commands of an operator who steers it.</summary>
internal sealed class GatewayBench : IAsyncDisposable
{
    public const string Secret = "EBESExQVFhcYGRobHB0eHw==";
    public static readonly HubDeviceId Gateway = new("GWPROD0001", "test01");
    public static readonly HubDeviceId Test1 = new("SUBPROD001", "test1");
    public static readonly HubDeviceId Dev1 = new("SUBPROD001", "dev1");

    /// <summary>Two sub-devices, one of them with its secret, as the official samples' file lists them.</summary>
    private const string DeviceInfo = """
        { "auth_mode": "KEY", "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" },
          "subDev": { "subdev_num": 2, "subdev_list": [
            { "sub_productId": "SUBPROD001", "sub_devName": "test1", "sub_deviceSecret": "EBESExQVFhcYGRobHB0eHw==" },
            { "sub_productId": "SUBPROD001", "sub_devName": "dev1" } ] } }
        """;

    private const int Connected = 2000;
    private const int Runs = 4405;
    private readonly LogWatch _log = new();
    private readonly ILoggerFactory _loggers;
    private CancellationTokenSource _stop = new();
    private readonly StringWriter _error = new();
    private Task<int> _running = Task.FromResult(0);

    private GatewayBench(HubEmulator hub)
    {
        Hub = hub;
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_log));
    }

    public HubEmulator Hub { get; }
    public string Folder { get; } = Directory.CreateTempSubdirectory("bridge-admin-").FullName;
    public string Data => Path.Combine(Folder, "data");
    public string Socket => Path.Combine(Data, "bridge.sock");

    /// <param name="channels">The <c>channels</c> section.</param>
    /// <param name="test1BoundTo">What the hub has test1 bound to at the start.</param>
    /// <param name="more">Further sections of the configuration.</param>
    public static async Task<GatewayBench> CreateAsync(string channels = "{}", HubDeviceId? test1BoundTo = null, string more = "")
    {
        var hub = await HubEmulator.StartAsync(
            new HubEmulatorOptions
            {
                AnswerDelay = TimeSpan.Zero,
                Devices =
                [
                    new EmulatedDevice { Id = Gateway, Kind = HubDeviceKind.Gateway, DeviceSecret = "AAECAwQFBgcICQoLDA0ODw==" },
                    new EmulatedDevice { Id = Test1, Kind = HubDeviceKind.SubDevice, DeviceSecret = Secret, BoundTo = test1BoundTo },
                    new EmulatedDevice { Id = Dev1, Kind = HubDeviceKind.SubDevice, DeviceSecret = Secret },
                ],
            },
            TestContext.Current.CancellationToken);
        var bench = new GatewayBench(hub);
        PrivateText.Write(Path.Combine(bench.Folder, "device_info.json"), DeviceInfo);
        Directory.CreateDirectory(Path.Combine(bench.Folder, "plugins"));
        await bench.ConfigureAsync(channels, more);
        return bench;
    }

    public Task ConfigureAsync(string channels, string more = "") => File.WriteAllTextAsync(
        Path.Combine(Folder, "bridge.json"),
        $$"""{ "hub": { "host": "127.0.0.1", "port": {{Hub.MqttPort}}, "tls": false }, {{(more.Length > 0 ? more + ", " : "")}}"channels": {{channels}} }""",
        TestContext.Current.CancellationToken);

    /// <summary>Starts the gateway and waits until it is connected and all of it runs.</summary>
    public async Task StartAsync()
    {
        var online = Task.WhenAll(NextOnline(), NextLogged(Runs));
        _running = RunAsync(_stop.Token);
        var first = await Task.WhenAny(online, _running);
        Assert.True(ReferenceEquals(first, online), "The gateway ended before it was online.");
        await online;
    }

    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        int code = await _running.OrFail("the gateway ends", _log);
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        return code;
    }

    /// <summary>Runs another gateway on the same folder.</summary>
    public async Task<(int Code, string Error)> RunAnotherAsync(bool isStrict = false)
    {
        using var error = new StringWriter { NewLine = "\n" };
        int code = await RunCommand.RunAsync(
            Load, isStrict, NoReloads(), _loggers, error, process: null, TestContext.Current.CancellationToken).OrFail("it does not run");
        return (code, error.ToString());
    }

    /// <summary>What the gateway that runs has said of its configuration.</summary>
    public string Warnings => _error.ToString();

    /// <summary>Completes when the gateway's session is online the next time.</summary>
    public Task NextOnline() => NextLogged(Connected);

    /// <summary>Completes when the gateway logs an event the next time.</summary>
    public Task NextLogged(int eventId)
    {
        int already = _log.Lines.Count;
        return Step.Of($"event {eventId} is logged", token => _log.WaitAsync(eventId, "", token, already), _log);
    }

    /// <summary>Runs a command as an operator does.</summary>
    public async Task<Told> BridgeAsync(string line)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = await BridgeCommand.RunAsync([.. line.Split(' '), "--config", Folder], output, error);
        return new Told(code, output.ToString(), error.ToString());
    }

    public async Task<JsonElement> BridgeJsonAsync(string line)
    {
        var told = await BridgeAsync(line + " --json");
        using var json = JsonDocument.Parse(told.Output);
        return json.RootElement.Clone();
    }

    public Task<HubDeviceStatus> HubSees(HubDeviceId device, Func<HubDeviceStatus, bool> what) =>
        Step.Of($"the hub sees what is expected of {device}", token => Hub.WaitForDeviceAsync(device, what, token), _log);

    /// <summary>The types of what the gateway asked the hub, in order.</summary>
    public IReadOnlyList<string> Requests() =>
    [
        .. Hub.GetTranscript()
            .Where(entry => entry is { Direction: PacketDirection.Up, Topic: "$gateway/operation/GWPROD0001/test01" })
            .Select(entry => JsonElement.Parse(entry.Payload!).GetProperty("type").GetString()!), // every request has a type
    ];

    public HubDeviceStatus AtHub(HubDeviceId device) => Hub.Devices.Single(status => status.Id == device);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.OrFail("the gateway ends", _log);
        _stop.Dispose();
        await Hub.DisposeAsync();
        _loggers.Dispose();
        _log.Dispose();
        await _error.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private Reloads NoReloads() => new(_loggers.CreateLogger<Reloads>());

    private ConfigurationResult Load() => ConfigurationLoader.Load(Folder);

    private async Task<int> RunAsync(CancellationToken stopping)
    {
        int code = await RunCommand.RunAsync(Load, isStrict: false, NoReloads(), _loggers, _error, process: null, stopping);
        Assert.True(code == 0, $"The gateway ended with {code}: {_error}");
        return code;
    }

    /// <summary>What a command told its operator.</summary>
    internal sealed record Told(int Code, string Output, string Error);
}
