using System.Text.Json.Nodes;
using BridgeFramework.Plugins;

namespace BridgeFramework.Plugins.Tests;

public sealed class SettingsSchemaTests
{
    [Fact]
    public void A_schema_holds_shape_limits_defaults_and_descriptions()
    {
        var schema = SettingsSchema.Of(SampleJson.Default.SampleSettings);

        AssertSame(
            """
            {
              "type": "object",
              "properties": {
                "host": { "type": "string", "minLength": 1, "maxLength": 255, "description": "Where the device listens." },
                "port": { "type": "integer", "minimum": 1, "maximum": 65535, "default": 502 },
                "scale": { "type": "number", "exclusiveMinimum": 0, "maximum": 10.5, "default": 1 },
                "wait": { "type": "string", "format": "duration", "pattern": "^[0-9]*\\.?[0-9]+(ms|s|m|h|d)$",
                          "x-minimum": "10ms", "x-maximum": "1m", "default": "250ms" },
                "linger": { "type": ["string", "null"], "format": "duration", "pattern": "^[0-9]*\\.?[0-9]+(ms|s|m|h|d)$" },
                "parity": { "type": "string", "enum": ["none", "even", "odd"], "default": "none" },
                "code": { "type": ["string", "null"], "pattern": "^(?:[A-F]+)$" },
                "units": { "type": "array", "items": { "type": "integer" }, "minItems": 1, "maxItems": 3, "default": [1] },
                "mode": { "enum": ["Fast", "Careful"], "default": "Careful" },
                "inner": { "type": "object", "properties": { "depth": { "type": "integer", "default": 5 } },
                           "additionalProperties": false, "default": { "depth": 7 } }
              },
              "required": ["host"],
              "additionalProperties": false
            }
            """,
            schema);
    }

    [Fact]
    public void A_positional_record_has_its_required_parameters_and_their_limits()
    {
        var schema = SettingsSchema.Of(SampleJson.Default.SampleAddress);

        AssertSame(
            """
            {
              "type": "object",
              "properties": {
                "address": { "type": "integer", "minimum": 0, "maximum": 65535 },
                "count": { "type": "integer", "default": 1 }
              },
              "required": ["address"],
              "additionalProperties": false
            }
            """,
            schema);
    }

    /// <summary>The order of members means nothing.</summary>
    private static void AssertSame(string expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected:\n{JsonNode.Parse(expected)}\nActual:\n{actual}");
}
