using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using BridgeFramework.Plugins;

namespace BridgeFramework.Configuration.Tests;

/// <summary>The same with the schemas that a real driver's records export.</summary>
public sealed partial class DriverCatalogValidationTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_records_of_a_driver_say_what_its_settings_may_be()
    {
        var catalog = new DriverCatalog();
        Assert.True(catalog.TryAdd(PluginRegistrations.Of(new TestPlugin()), out _));

        var result = DriverSettingsValidation.Validate(
            _folder.Load("""
                { "channels": {
                  "good": { "driver": "test", "settings": { "host": "h", "port": 1502, "timeout": "250ms", "parity": "Even" },
                    "devices": [ { "id": "P/a", "settings": { "unitId": 3 }, "points": { "x": { "at": { "address": 65535, "scale": 0.1 } } } } ] },
                  "bad": { "driver": "test", "settings": { "port": 70000, "timeout": "2h", "parity": "evne", "Host": "h" },
                    "devices": [ { "id": "P/b", "settings": { "unitId": "3" }, "points": { "x": { "at": { "adress": 1 } } } } ] } } }
                """),
            catalog);

        Lines.AreEqual(
            [
                "bridge.json:4:42: channels.bad.settings: 'host' is missing: expected text of at least 1 characters.",
                "bridge.json:4:52: channels.bad.settings.port: 70000 is too large: expected 1 to 65535.",
                "bridge.json:4:70: channels.bad.settings.timeout: \"2h\" is too long: expected 10ms to 1m.",
                "bridge.json:4:86: channels.bad.settings.parity: \"evne\" is not known here: did you mean \"Even\"? Expected one of "
                    + "\"None\", \"Even\".",
                "bridge.json:4:94: channels.bad.settings.Host: this key is not known: did you mean 'host'?",
                "bridge.json:5:57: channels.bad.devices[0].settings.unitId: \"3\" is text: expected an integer, 0 to 247.",
                "bridge.json:5:89: channels.bad.devices[0].points.x.at: 'address' is missing: expected an integer, 0 to 65535.",
                "bridge.json:5:91: channels.bad.devices[0].points.x.at.adress: this key is not known: did you mean 'address'?",
            ],
            result.Mistakes.Select(m => m.ToString()));
    }

    [Fact]
    public void What_only_the_driver_knows_to_be_wrong_together_is_said_too()
    {
        var catalog = new DriverCatalog();
        Assert.True(catalog.TryAdd(PluginRegistrations.Of(new TestPlugin()), out _));

        var result = DriverSettingsValidation.Validate(
            _folder.Load("""
                { "channels": { "line": { "driver": "test", "settings": { "host": "h" },
                    "devices": [ { "id": "P/a", "points": { "x": { "at": { "address": 1, "scale": 0 } } } } ] } } }
                """),
            catalog);

        Lines.AreEqual(
            ["bridge.json:2:58: channels.line.devices[0].points.x.at: A scale of 0 loses the value."],
            result.Mistakes.Select(m => m.ToString()));
    }

    internal enum Parity
    {
        None,
        Even,
    }

    internal sealed record ChannelSettings
    {
        [Required] public string Host { get; init; } = "";

        [Range(1, 65535)] public int Port { get; init; } = 502;

        [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00"), JsonConverter(typeof(DurationJsonConverter))]
        public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

        public Parity Parity { get; init; }
    }

    internal sealed record DeviceSettings
    {
        [Range(0, 247)] public int UnitId { get; init; } = 1;
    }

    internal sealed record PointAddress : IJsonOnDeserialized
    {
        [Required, Range(0, 65535)] public int Address { get; init; }

        public double? Scale { get; init; }

        public void OnDeserialized()
        {
            if (Scale == 0) throw new JsonException("A scale of 0 loses the value.");
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(ChannelSettings))]
    [JsonSerializable(typeof(DeviceSettings))]
    [JsonSerializable(typeof(PointAddress))]
    internal sealed partial class TestJson : JsonSerializerContext;

    private sealed class TestPlugin : IBridgePlugin
    {
        public void Configure(IPluginBuilder builder) => builder.AddDriver<TestDriver, ChannelSettings, DeviceSettings, PointAddress>(
            new DriverInfo { Name = "test", Description = "For this test." }, TestJson.Default.ChannelSettings,
                TestJson.Default.DeviceSettings, TestJson.Default.PointAddress);
    }

    private sealed class TestDriver : ISubDeviceDriver
    {
        public Task RunAsync(IChannel channel, CancellationToken stopping) => Task.CompletedTask;

        public ValueTask DisposeAsync() => default;
    }
}
