using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A whole gateway under load, to which one random plan after another is applied, by a clock that runs faster.</summary>
/// <remarks>As many as BRIDGE_PLANS says, or a few in the suite; BRIDGE_SEED plays the same ones again.</remarks>
public sealed class GatewayPlanHistoryTests(ITestOutputHelper output)
{
    private const int DeviceCount = 16;
    private static readonly HubDeviceId Gateway = Cloud.Gateway;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_the_plan_becomes_the_hub_agrees_and_nothing_is_lost()
    {
        int plans = Number("BRIDGE_PLANS", otherwise: 60);
        int seed = Number("BRIDGE_SEED", otherwise: Random.Shared.Next());
        output.WriteLine($"BRIDGE_SEED={seed} BRIDGE_PLANS={plans}");
        var random = new Random(seed);
        var time = new FasterTime(20);
        await using var hub = await StartHubAsync(time);
        using var log = new LogWatch();
        using var loggers = new LoggerFactory([log]);
        var folder = Directory.CreateTempSubdirectory("bridge-plans-");
        var ticker = new TickerPlugin();
        var scene = new PlanScene(folder.FullName, hub.MqttPort);
        await using var host = new GatewayHost(
            new GatewayHostOptions
            {
                Configuration = () => ConfigurationResult.Of(scene.Plan()),
                Time = time,
                PluginTime = TimeProvider.System,
                AddDrivers = drivers => drivers.Add(PluginRegistrations.Of(ticker)),
                Hub = options => options with
                {
                    ReconnectDelays = new ReconnectDelays { First = TimeSpan.FromMilliseconds(20), Cap = TimeSpan.FromMilliseconds(200) },
                },
            },
            loggers);
        await host.StartAsync(Token);
        var oracle = new Dictionary<SubDeviceId, (int Least, int Most)>();
        for (int n = 0; n < plans; n++)
        {
            var before = scene.Devices;
            var runs = ticker.Runs.ToDictionary();
            var channels = scene.Channels;
            int attempt = host.Gateway.Status.Hub.Attempt;
            scene.Change(random);

            var review = await Step.Of(
                $"plan {n} is applied", ct => host.ApplyAsync(ConfigurationResult.Of(scene.Plan()), mayRemoveMost: true, ct), log);

            Assert.True(review.IsApplied, string.Join('\n', review.Configuration.Mistakes));
            var after = scene.Devices;
            foreach (var id in after.Keys)
            {
                var (least, most) = oracle.GetValueOrDefault(id);
                // The first time the hub answers that it is not bound; once it is, it is asked again.
                int asked = !before.ContainsKey(id) ? least == 0 ? 2 : 1 : review.Diff!.Reconnects ? 1 : 0;
                // One that comes while the connection goes may be asked on both.
                oracle[id] = (least + asked, most + asked + (!before.ContainsKey(id) && review.Diff!.Reconnects ? 1 : 0));
            }

            // One that leaves while the connection goes may be needed on the next, to send what waits of it.
            if (review.Diff!.Reconnects)
                foreach (var id in before.Keys.Except(after.Keys)) oracle[id] = (oracle[id].Least, oracle[id].Most + 1);
            await Step.Of($"the hub agrees with plan {n}", ct => AgreesAsync(hub, after.Keys, ct), log);
            if (review.Diff.Reconnects)
                await Step.Of($"the gateway is back after plan {n}", ct => IsBackAsync(host.Gateway, attempt, ct), log);
            await Step.Of($"nobody leaves any more after plan {n}", ct => NobodyLeavesAsync(host.Gateway, ct), log);
            await Step.Of($"all channels serve after plan {n}", ct => AllServeAsync(host.Gateway, ct), log);
            var untouched = channels.Intersect(scene.Channels, StringComparer.Ordinal).Except(review.Restarted, StringComparer.Ordinal);
            foreach (string channel in untouched)
                Assert.Equal(runs.GetValueOrDefault(channel), ticker.Runs.GetValueOrDefault(channel));
            Assert.Empty(ticker.Shared);
        }

        ticker.IsPaused = true;
        await Step.Of("all has been sent", ct => AllIsSentAsync(host.Gateway, ct), log);
        CheckLedgers(host.Gateway, hub, ticker);
        var onlines = Onlines(hub);
        Assert.All(oracle, pair => Assert.InRange(onlines.GetValueOrDefault(pair.Key), pair.Value.Least, pair.Value.Most));
        await host.StopAsync(Token);
        folder.Delete(recursive: true);
    }

    private static Task<HubEmulator> StartHubAsync(TimeProvider time) => HubEmulator.StartAsync(
        new HubEmulatorOptions
        {
            AnswerDelay = TimeSpan.Zero,
            TranscriptCapacity = 1_000_000,
            TimeProvider = time,
            Devices =
            [
                new() { Id = Gateway, Kind = HubDeviceKind.Gateway, DeviceSecret = Cloud.GatewaySecret },
                .. Enumerable.Range(0, DeviceCount).Select(n => new EmulatedDevice
                {
                    Id = new HubDeviceId("SUBPROD001", PlanScene.NameOf(n)),
                    Kind = HubDeviceKind.SubDevice,
                    DeviceSecret = Cloud.MeterSecret,
                }),
            ],
        },
        Token);

    private static async Task<bool> AgreesAsync(HubEmulator hub, IEnumerable<SubDeviceId> wanted, CancellationToken cancellationToken)
    {
        var online = wanted.Select(id => id.ToString()).ToHashSet(StringComparer.Ordinal);
        foreach (var device in hub.Devices.Where(device => device.Kind == HubDeviceKind.SubDevice))
        {
            bool isWanted = online.Contains(device.Id.ToString());
            await hub.WaitForDeviceAsync(device.Id, status => status.Connected == isWanted, cancellationToken);
        }

        return true;
    }

    private static async Task<bool> IsBackAsync(BridgeGateway gateway, int attempt, CancellationToken cancellationToken)
    {
        while (gateway.Status is var status && (status.Hub is not { IsOnline: true } || status.Hub.Attempt == attempt
                || status.SubDevices.Any(device => device.Cloud != CloudState.Online)))
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
        return true;
    }

    private static async Task<bool> NobodyLeavesAsync(BridgeGateway gateway, CancellationToken cancellationToken)
    {
        while (gateway.Status.Leaving.Count > 0) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
        return true;
    }

    private static async Task<bool> AllServeAsync(BridgeGateway gateway, CancellationToken cancellationToken)
    {
        while (gateway.Status.Channels.Any(channel => channel.State != ChannelState.Serving))
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
        return true;
    }

    private static async Task<bool> AllIsSentAsync(BridgeGateway gateway, CancellationToken cancellationToken)
    {
        while (gateway.Ledgers.Any(ledger => ledger.Pending > 0))
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
        return true;
    }

    private static void CheckLedgers(BridgeGateway gateway, HubEmulator hub, TickerPlugin ticker)
    {
        foreach (var ledger in gateway.Ledgers)
        {
            long reported = ticker.Reported.GetValueOrDefault(SubDeviceId.Parse(ledger.Owner));
            // What was said of one that had just been taken away has no effect, and is not counted.
            Assert.InRange(ledger.Reported, reported - 50, reported);
            Assert.Equal((ledger.Reported, 0), (ledger.Acknowledged + ledger.Filtered + ledger.DroppedInAll, ledger.Pending));
        }

        foreach (var lane in hub.UplinkLanes) Assert.Equal(0, lane.Counts.Missing);
        Assert.Equal(hub.UplinkLanes.Sum(lane => lane.Counts.Samples), gateway.Ledgers.Sum(ledger => ledger.Acknowledged));
    }

    /// <summary>How often the hub was asked to bring each sub-device online.</summary>
    private static Dictionary<SubDeviceId, int> Onlines(HubEmulator hub) =>
        hub.GetTranscript().Where(packet => packet is { Direction: PacketDirection.Up, Payload: not null }
                && packet.Topic?.StartsWith("$gateway/operation/", StringComparison.Ordinal) == true)
            .Select(packet => JsonNode.Parse(packet.Payload!)).Where(request => (string?)request?["type"] == "online")
            .SelectMany(request => request!["payload"]!["devices"]!.AsArray())
            .GroupBy(device => SubDeviceId.Parse($"{device!["product_id"]}/{device["device_name"]}"))
            .ToDictionary(group => group.Key, group => group.Count());

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number : otherwise;

    /// <summary>A plan in the making.</summary>
    private sealed class PlanScene(string folder, int port)
    {
        private readonly SortedDictionary<string, (string Driver, int Number)> _channels = new(StringComparer.Ordinal);
        private readonly Dictionary<int, (string Channel, int Number, int Interval)> _devices = [];
        private int _keepAlive = 240;

        public IReadOnlyList<string> Channels => [.. _channels.Keys];

        public IReadOnlyDictionary<SubDeviceId, string> Devices =>
            _devices.ToDictionary(pair => SubDeviceId.Parse($"SUBPROD001/{NameOf(pair.Key)}"), pair => pair.Value.Channel);

        public static string NameOf(int n) => string.Create(CultureInfo.InvariantCulture, $"d{n}");

        public void Change(Random random)
        {
            for (int changes = random.Next(1, 4); changes > 0; changes--) ChangeOne(random);
        }

        public GatewayPlan Plan() => new()
        {
            Hub = new HubSettings
            {
                DeviceInfoFile = WriteInfo(),
                Host = "127.0.0.1",
                Port = port,
                Tls = false,
                KeepAlive = TimeSpan.FromSeconds(_keepAlive),
            },
            DeviceInfo = DeviceInfoFile.Load(WriteInfo()),
            Plugins = new PluginSettings { Folder = Directory.CreateDirectory(Path.Combine(folder, "plugins")).FullName },
            Data = new DataSettings { Folder = Path.Combine(folder, "data") },
            Uplink = new UplinkSettings { Storage = UplinkStorage.Memory },
            Channels = [.. _channels.Select(channel => new ChannelPlan
            {
                Name = channel.Key,
                Driver = channel.Value.Driver,
                Settings = Settings(channel.Value.Number),
                Devices = [.. _devices.Where(device => device.Value.Channel == channel.Key).Select(device => new SubDevicePlan
                {
                    Id = SubDeviceId.Parse($"SUBPROD001/{NameOf(device.Key)}"),
                    Secret = new Secret(Cloud.MeterSecret),
                    Settings = Settings(device.Value.Number),
                    Points =
                    [
                        new PointPlan { Name = "count", At = Settings(1), Interval = TimeSpan.FromMilliseconds(device.Value.Interval) },
                    ],
                })],
            })],
        };

        private static JsonElement Settings(int number) =>
            JsonElement.Parse(string.Create(CultureInfo.InvariantCulture, $$"""{ "number": {{number}} }"""));

        private string WriteInfo()
        {
            string file = Path.Combine(folder, "device_info.json");
            if (!File.Exists(file))
                File.WriteAllText(
                    file,
                    $$"""{ "auth_mode": "KEY", "productId": "{{Gateway.ProductId}}", "deviceName": "{{Gateway.DeviceName}}", "key_deviceinfo": { "deviceSecret": "{{Cloud.GatewaySecret}}" } }""");
            return file;
        }

        private void ChangeOne(Random random)
        {
            int device = random.Next(DeviceCount);
            switch (random.Next(20))
            {
                case 0 when _channels.Count < 5:
                case var _ when _channels.Count == 0:
                    _channels[$"line{random.Next(8)}"] = (random.Next(2) == 0 ? "live" : "plain", 1);
                    break;
                case 1 when _channels.Count > 1:
                    string gone = Pick(random);
                    _channels.Remove(gone);
                    foreach (int on in _devices.Where(pair => pair.Value.Channel == gone).Select(pair => pair.Key).ToList())
                        _devices.Remove(on);
                    break;
                case 2:
                    string name = Pick(random);
                    _channels[name] = (_channels[name].Driver, _channels[name].Number + 1);
                    break;
                case 3:
                    _keepAlive = _keepAlive == 240 ? 120 : 240;
                    break;
                case < 8:
                    _devices.Remove(device);
                    break;
                case < 11 when _devices.TryGetValue(device, out var its):
                    _devices[device] = its with { Number = its.Number + 1 };
                    break;
                case < 13 when _devices.TryGetValue(device, out var its):
                    _devices[device] = its with { Interval = its.Interval == 1000 ? 500 : 1000 };
                    break;
                default:
                    _devices[device] = (Pick(random), 1, 1000); // new, or on another channel
                    break;
            }
        }

        private string Pick(Random random) => _channels.Keys.ElementAt(random.Next(_channels.Count));
    }
}
