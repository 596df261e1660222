using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.IotHubEmulator;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>The hub of a gateway, which a changed plan names another of, over real sockets.</summary>
public sealed class GatewayHubTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-test-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Another_hub_is_connected_to_and_what_else_changes_disturbs_no_connection()
    {
        await using var first = await Cloud.StartAsync();
        await using var second = await Cloud.StartAsync();
        using var log = new LogWatch();
        using var loggers = new LoggerFactory([log]);
        var plan = PlanFor(first);
        await using var hub = new GatewayHub(plan, HubAccess.OptionsOf(plan), TimeProvider.System, loggers);
        using var stop = new CancellationTokenSource();
        var running = hub.Session.RunAsync(stop.Token);
        await OnlineAsync(attempt: 1);

        plan = PlanFor(second);
        await hub.ApplyAsync(plan, HubAccess.OptionsOf(plan));
        await OnlineAsync(attempt: 2);
        await BindAsync();
        await Step.Of("bound at the second hub", ct => second.WaitForDeviceAsync(
            Cloud.Meter(1), status => status.BoundTo == Cloud.Gateway, ct));

        plan = PlanFor(second, """, "pairingWindow": "1m", "operationBatch": 10, "publishRate": 50, "changeAcknowledgement": "none" """);
        await hub.ApplyAsync(plan, HubAccess.OptionsOf(plan));
        await BindAsync();
        Assert.Equal((2, true), (hub.Session.Status.Attempt, hub.Session.Status.IsOnline));
        Assert.Equal(50, hub.Options.EffectivePace.PerSecond);

        await stop.CancelAsync();
        await Step.Of("the session ends", running.WaitAsync, log);
        Assert.Empty(log.Troubles);

        Task OnlineAsync(int attempt) => Step.Of($"online at attempt {attempt}", async ct =>
        {
            await foreach (var status in hub.Session.WatchAsync(ct))
                if (status.IsOnline && status.Attempt == attempt) return;
        }, log);

        Task BindAsync() => Step.Of("a bind", ct => hub.Operations.BindAsync(
            new DeviceIdentity("SUBPROD001", "m1"), new DeviceSecret(Cloud.MeterSecret), ct), log);
    }

    [Fact]
    public async Task Another_gateway_is_refused_and_nothing_changes()
    {
        await using var first = await Cloud.StartAsync();
        using var loggers = new LoggerFactory();
        var plan = PlanFor(first);
        await using var hub = new GatewayHub(plan, HubAccess.OptionsOf(plan), TimeProvider.System, loggers);
        var registrar = hub.Binder.Registrar;
        var options = HubAccess.OptionsOf(plan) with { Gateway = new DeviceIdentity("GWPROD0001", "gw2") };
        await Assert.ThrowsAsync<ArgumentException>(() => hub.ApplyAsync(plan, options));
        Assert.Equal(("gw1", registrar), (hub.Options.Gateway.DeviceName, hub.Binder.Registrar));
        await hub.ApplyAsync(plan, HubAccess.OptionsOf(plan));
        Assert.NotSame(registrar, hub.Binder.Registrar);
    }

    private GatewayPlan PlanFor(HubEmulator hub, string more = "")
    {
        File.WriteAllText(
            Path.Combine(_folder.FullName, "device_info.json"),
            $$"""{ "auth_mode": "KEY", "productId": "GWPROD0001", "productSecret": "", "deviceName": "gw1", "key_deviceinfo": { "deviceSecret": "{{Cloud.GatewaySecret}}" } }""");
        File.WriteAllText(
            Path.Combine(_folder.FullName, "bridge.json"),
            $$"""{ "hub": { "deviceInfo": "device_info.json", "host": "127.0.0.1", "port": {{hub.MqttPort}}, "tls": false{{more}} }, "channels": {} }""");
        var result = ConfigurationLoader.Load(_folder.FullName);
        return result.Plan ?? throw new InvalidOperationException(string.Join('\n', result.Mistakes));
    }
}
