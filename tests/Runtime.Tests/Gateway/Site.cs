using System.Reflection;
using BridgeFramework.Configuration;
using BridgeFramework.DeviceSimulators;
using BridgeFramework.IotHub;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>One gateway with its folder, its meters behind a Modbus line, and its plugins loaded from disk; the hub is elsewhere.</summary>
internal sealed class Site : IAsyncDisposable
{
    private static readonly ReconnectDelays Soon =
        new() { First = TimeSpan.FromMilliseconds(20), Cap = TimeSpan.FromMilliseconds(200), RefusalFloor = TimeSpan.Zero };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-site-");
    private readonly HubEmulator _hub;
    private readonly HubDeviceId _identity;
    private readonly LoggerFactory _loggers;
    private readonly TimeProvider _time;
    private GatewayHost? _host;

    public Site(HubEmulator hub, HubDeviceId? identity = null, TimeProvider? time = null)
    {
        _hub = hub;
        _identity = identity ?? Cloud.Gateway;
        _time = time ?? TimeProvider.System;
        _loggers = new LoggerFactory([Log]);
        Slave = ModbusSlave.Start();
        for (byte unit = 1; unit <= 4; unit++)
        {
            var meter = Slave.AddUnit(unit);
            meter.Holding.SetFloat32(0, 230f + unit);
            meter.Holding.SetInt16(10, 215);
        }

        WriteSecret(Cloud.GatewaySecret);
    }

    public static string BuiltPlugins { get; } = typeof(Site).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(fact => string.Equals(fact.Key, "PluginDropFolder", StringComparison.Ordinal)).Value ?? "";

    public LogWatch Log { get; } = new();

    public ModbusSlave Slave { get; }

    public GatewayHost Host => _host ?? throw new InvalidOperationException("The gateway has not been started.");

    public BridgeGateway Gateway => Host.Gateway;

    public PluginHost Plugins => Host.Plugins;

    /// <summary>The channels of the configuration; one line with meters 1 and 2 unless changed before the start.</summary>
    public string Channels { get; set; } = """
        "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1}, {METER 2} ] }
        """;

    /// <summary>More members of the <c>hub</c> section, each with a comma in front.</summary>
    public string Hub { get; set; } = "";

    /// <summary>More sections of the configuration, each with a comma behind.</summary>
    public string Sections { get; set; } = "";

    /// <summary>Whether the gateway starts on no last good files.</summary>
    public bool IsStrict { get; set; }

    public string PluginFolder => In("plugins");

    public string In(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>The secret of the meters' product, for meters that have none of their own.</summary>
    public string? ProductSecret { get; set; }

    public void WriteSecret(string secret, string productSecret = "") => File.WriteAllText(
        In("device_info.json"),
        $$"""{ "auth_mode": "KEY", "productId": "{{_identity.ProductId}}", "productSecret": "{{productSecret}}", "deviceName": "{{_identity.DeviceName}}", "key_deviceinfo": { "deviceSecret": "{{secret}}" } }""");

    /// <summary>Drops a plugin that the build made into the site's plugin folder.</summary>
    public void DropPlugin(string name, string? folder = null)
    {
        string target = Path.Combine(PluginFolder, folder ?? name);
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(BuiltPlugins, name)))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }

    /// <summary>Loads the plugins and the configuration, then starts the gateway.</summary>
    /// <param name="others">Adds drivers that do not come from a plugin.</param>
    public async Task StartAsync(Action<DriverCatalog>? others = null)
    {
        if (!Directory.Exists(PluginFolder)) DropPlugin("modbus");
        WriteConfiguration();
#pragma warning disable IDISP003 // The one before has ended.
        _host = new GatewayHost(
            new GatewayHostOptions
            {
                Configuration = () => ConfigurationLoader.Load(_folder.FullName),
                IsStrict = IsStrict,
                Time = _time,
                PluginTime = TimeProvider.System,
                AddDrivers = others,
                Hub = hub => hub with { ReconnectDelays = Soon },
            },
            _loggers);
#pragma warning restore IDISP003
        await _host.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Writes the configuration anew and has the gateway that runs brought to it.</summary>
    public Task<PlanReview> ApplyAsync(bool mayRemoveMost = false)
    {
        WriteConfiguration();
        return Until("another configuration is applied", token => Host.ApplyAsync(mayRemoveMost, token));
    }

    /// <summary>Stops the gateway and starts another one on the same folder.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        if (_host is not null) await _host.DisposeAsync();
        await StartAsync();
    }

    /// <summary>Tells the gateway to stop and waits until it has.</summary>
    public Task StopAsync() => Until("the gateway stops", token => _host?.StopAsync(token) ?? Task.CompletedTask);

    public Task<T> Until<T>(string what, Func<CancellationToken, Task<T>> step) => Step.Of(what, step, Log);

    public Task Until(string what, Func<CancellationToken, Task> step) => Step.Of(what, step, Log);

    public Task Online(HubDeviceId device, bool online = true) =>
        Until($"{device} is {(online ? "online" : "offline")} at the hub", ct =>
            _hub.WaitForDeviceAsync(device, status => status.Online == online, ct));

    /// <summary>Waits for the next value of a meter's voltage, which tells the meter.</summary>
    public async Task VoltageArrives(int meter)
    {
        long since = _hub.Now();
        Assert.Equal(230 + meter, await Until(
            $"voltage of meter {meter} arrives", ct => _hub.NextValueAsync(Cloud.Meter(meter), "voltage", since, ct)));
    }

    /// <summary>Waits for a line of the log, unless it is there already.</summary>
    public Task<LogLine> Logged(int eventId, string text, int after = 0) =>
        Until($"event {eventId} with '{text}' is logged", ct => Log.WaitAsync(eventId, text, ct, after));

    public SubDeviceStatus StatusOf(int meter) => Gateway.Status.SubDevices.Single(
        device => string.Equals(device.Id.ToString(), Cloud.Meter(meter).ToString(), StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_host is not null) await _host.DisposeAsync();
        await Slave.DisposeAsync();
        _loggers.Dispose();
        Log.Dispose();
        _folder.Delete(recursive: true);
    }

    public void WriteConfiguration()
    {
        string channels = Channels.Replace("{SLAVE}", $$"""{ "host": "127.0.0.1", "port": {{Slave.Port}}, "responseTimeout": "10s" }""", StringComparison.Ordinal);
        for (int number = 1; number <= 4; number++)
        {
            channels = channels.Replace($"{{METER {number}}}", $$"""{ "id": "{{Cloud.Meter(number)}}", "secret": "{{Cloud.MeterSecret}}", "settings": { "unitId": {{number}} } }""", StringComparison.Ordinal);
            channels = channels.Replace($"{{UNREGISTERED {number}}}", $$"""{ "id": "{{Cloud.Meter(number)}}", "settings": { "unitId": {{number}} } }""", StringComparison.Ordinal);
            channels = channels.Replace($"{{SCRIPTED {number}}}", $$"""{ "id": "{{Cloud.Meter(number)}}", "secret": "{{Cloud.MeterSecret}}", "type": "bench" }""", StringComparison.Ordinal);
        }

        File.WriteAllText(In("bridge.json"), $$"""
            {
              {{Sections}}
              "hub": { "deviceInfo": "device_info.json", "host": "127.0.0.1", "port": {{_hub.MqttPort}}, "tls": false, "registrationUrl": "{{_hub.ConsoleUrl}}device/register"{{Hub}} },
              "products": { "SUBPROD001": { "type": "meter"{{(ProductSecret is null ? "" : $", \"secret\": \"{ProductSecret}\"")}} } },
              "deviceTypes": { "meter": { "driver": "modbus", "interval": "50ms", "points": {
                "voltage":  { "at": { "table": "holding", "address": 0, "type": "float32" }, "unit": "V" },
                "setpoint": { "at": { "table": "holding", "address": 10, "type": "int16", "scale": 0.1 }, "access": "readWrite" } } },
                               "bench": { "driver": "scripted", "points": { "value": { "at": {}, "access": "readWrite" } } } },
              "channels": { {{channels}} }
            }
            """);
    }
}
