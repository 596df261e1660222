using System.Text.Json.Nodes;

namespace BridgeFramework.Configuration.Tests;

public sealed class DriverSettingsValidationTests : IDisposable
{
    private const string Schema = """
        {
          "type": "object", "additionalProperties": false, "required": ["host"],
          "properties": {
            "host": { "type": "string", "minLength": 1 },
            "port": { "type": "integer", "minimum": 1, "maximum": 65535, "default": 502 },
            "ratio": { "type": ["number", "null"], "exclusiveMinimum": 0 },
            "mode": { "enum": ["fast", "slow", null] },
            "timeout": { "type": "string", "format": "duration", "pattern": "^x$", "x-minimum": "10ms", "x-maximum": "1m" },
            "tags": { "type": "array", "items": { "type": "string", "pattern": "^[a-z]+$" }, "minItems": 1, "maxItems": 2 },
            "inner": { "type": ["object", "null"], "properties": { "again": { "$ref": "#/properties/inner" }, "n": { "type": "integer" } }, "additionalProperties": false },
            "shape": { "anyOf": [
              { "type": "object", "properties": { "kind": { "const": "a" }, "x": { "type": "integer" } }, "required": ["kind", "x"] },
              { "type": "object", "properties": { "kind": { "const": "b" } }, "required": ["kind"] } ] },
            "loop": { "$ref": "#/properties/loop" },
            "broken": { "type": 7, "pattern": "(", "minimum": "x", "enum": 3, "anyOf": {}, "$ref": 1 }
          }
        }
        """;

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{ "host": "h" }""", null)]
    [InlineData("""{ "host": "h", "port": 1, "ratio": null, "mode": null, "timeout": "1s", "tags": ["a"], "inner": { "again": { "n": 1 } }, "shape": { "kind": "b" }, "loop": 1, "broken": [1] }""", null)]
    [InlineData("""{ }""", "1:51: channels.c.settings: 'host' is missing: expected text of at least 1 characters.")]
    [InlineData("""{ "host": "h", "prot": 1 }""", "1:66: channels.c.settings.prot: this key is not known: did you mean 'port'?")]
    [InlineData("""{ "host": "h", "port": 1.5 }""", "1:74: channels.c.settings.port: 1.5 is not an integer: expected an integer, 1 to 65535.")]
    [InlineData("""{ "host": "h", "ratio": 0 }""", "1:75: channels.c.settings.ratio: 0 is too small: expected more than 0.")]
    [InlineData("""{ "host": "h", "mode": "fats" }""", "1:74: channels.c.settings.mode: \"fats\" is not known here: did you mean \"fast\"? Expected one of \"fast\", \"slow\".")]
    [InlineData("""{ "host": "h", "timeout": "2m" }""", "1:77: channels.c.settings.timeout: \"2m\" is too long: expected 10ms to 1m.")]
    [InlineData("""{ "host": "h", "tags": [] }""", "1:74: channels.c.settings.tags: this has 0 items: expected 1 to 2.")]
    [InlineData("""{ "host": "h", "tags": ["A"] }""", "1:75: channels.c.settings.tags[0]: \"A\" is not of the expected form: did you mean \"a\"? Expected text that matches ^[a-z]+$.")]
    [InlineData("""{ "host": "h", "inner": { "again": { "m": 1 } } }""", "1:88: channels.c.settings.inner.again.m: this key is not known: expected one of again, n.")]
    [InlineData("""{ "host": "h", "shape": { "kind": "a" } }""", "1:75: channels.c.settings.shape: 'x' is missing: expected an integer.")]
    public void Settings_are_held_against_the_drivers_schema(string settings, string? expected)
    {
        var result = Validate($$"""{ "channels": { "c": { "driver": "d", "settings": {{settings}} } } }""");

        Lines.AreEqual(expected is null ? [] : ["bridge.json:" + expected], result.Mistakes.Select(m => m.ToString()));
        Assert.Equal(expected is null, result.Plan is not null);
    }

    [Fact]
    public void A_mistake_in_the_points_of_a_device_type_is_said_once_at_its_line()
    {
        var result = Validate("""
            { "deviceTypes": { "m": { "driver": "d", "points": {
                "x": { "at": { "host": "h", "port": 0 } } } } },
              "channels": { "c": { "driver": "d", "settings": { "host": "h" }, "devices": [
                { "range": "1..3", "id": "P/m{n}", "type": "m", "settings": { "host": "h", "port": "{n}" } },
                { "id": "P/o", "settings": { "host": "h", "port": 70000 } },
                { "id": "P/missing" } ] } } }
            """);

        Lines.AreEqual(
            [
                "bridge.json:2:41: deviceTypes.m.points.x.at.port: 0 is too small: expected 1 to 65535.",
                "bridge.json:5:55: channels.c.devices[1].settings.port: 70000 is too large: expected 1 to 65535.",
                "bridge.json:6:5: channels.c.devices[2].settings: 'host' is missing: expected text of at least 1 characters.",
            ],
            result.Mistakes.Select(m => m.ToString()));
    }

    [Fact]
    public void A_driver_that_no_plugin_brings_is_a_warning_with_the_near_name()
    {
        var result = Validate("""{ "channels": { "c": { "driver": "modbsu", "settings": { "anything": 1 } }, "x": { "driver": "zigbee" } } }""");

        Lines.AreEqual(
            [
                "bridge.json:1:34: warning: channels.c.driver: no plugin brings the driver \"modbsu\", and the channel waits for it: did "
                    + "you mean \"modbus\"?",
                "bridge.json:1:94: warning: channels.x.driver: no plugin brings the driver \"zigbee\", and the channel waits for it: "
                    + "there are d, modbus.",
            ],
            result.Mistakes.Select(m => m.ToString()));
        Assert.NotNull(result.Plan);
    }

    [Fact]
    public void Two_channels_cannot_own_the_same_exclusive_resource()
    {
        var result = Validate("""
            { "channels": {
              "a": { "driver": "d", "settings": { "host": "h" } },
              "b": { "driver": "d", "settings": { "host": "h", "port": 502 } },
              "c": { "driver": "d", "settings": { "host": "h", "port": 503 } } } }
            """);

        Lines.AreEqual(
            ["bridge.json:3:47: channels.b.settings.host: the channel 'a' uses host \"h\", port 502 already: only one channel of the "
                + "driver \"d\" may."],
            result.Mistakes.Select(m => m.ToString()));
    }

    private ConfigurationResult Validate(string json)
    {
        var schema = JsonNode.Parse(Schema)!;   // ! it is a constant
        var driver = new DriverSchemas
        {
            Info = new DriverInfo { Name = "d", Description = "A driver.", ExclusiveSettings = ["host", "port"] },
            Channel = schema,
            Device = schema,
            Point = schema,
        };
        return DriverSettingsValidation.Validate(
            _folder.Load(json), new Dictionary<string, DriverSchemas>(StringComparer.Ordinal) { ["d"] = driver, ["modbus"] = driver });
    }
}
