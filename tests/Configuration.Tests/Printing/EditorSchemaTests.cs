using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using BridgeFramework.Plugins;
using Json.Schema;

namespace BridgeFramework.Configuration.Tests;

/// <summary>Judged by a validator that we did not write.</summary>
public sealed class EditorSchemaTests
{
    private const string Settings = """
        { "type": "object", "additionalProperties": false, "required": ["host"],
          "properties": {
            "host": { "type": "string", "minLength": 1, "description": "Where." },
            "unit": { "type": "integer", "maximum": 9 },
            "wait": { "type": "string", "format": "duration", "x-maximum": "1m" },
            "format": { "type": "string", "default": "duration" },
            "inner": { "type": "object", "properties": { "$ref": { "type": "string" }, "next": { "$ref": "#/properties/inner" } }, "additionalProperties": false,
                       "default": { "$ref": "#/no/schema" } } } }
        """;

    private static readonly JsonObject Schema = EditorSchema.Of([Driver("acme"), Driver("bcme")]);

    private static readonly EvaluationOptions Strict = new()
    {
        EvaluateAs = SpecVersion.Draft202012,
        OutputFormat = OutputFormat.List,
        RequireFormatValidation = true,
    };

    [Fact]
    public void It_is_a_schema_of_draft_2020_12() => Assert.True(MetaSchemas.Draft202012.Evaluate(Schema, Strict).IsValid);

    [Fact]
    public void Without_drivers_it_is_that_of_the_core()
    {
        var schema = EditorSchema.Of([]);

        // ! it has them
        Assert.Equal(GatewaySchema.Root.PropertyNames, schema["properties"]!.AsObject().Select(p => p.Key), StringComparer.Ordinal);
        Assert.Empty(Mistakes("""{ "hub": { "keepAlive": "240s" }, "channels": { "c": { "driver": "acme", "settings": { "x": 1 } } } }""", schema));
    }

    [Theory]
    [InlineData("""{ "channels": { "c": { "driver": "acme", "settings": { "host": "h", "wait": "250ms", "inner": { "next": { "next": {} } } } } } }""")]
    [InlineData("""{ "channels": { "c": { "driver": "other", "settings": { "anything": 1 } } } }""")]
    [InlineData("""{ "channels": { "c": { "driver": "acme", "settings": { "host": "h" }, "devices": [ { "id": "P/d", "settings": { "unit": 1 } } ] } } }""")]
    [InlineData("""{ "channels": { "c": { "driver": "acme", "settings": { "host": "h" }, "devices": [ { "id": "P/d{n}", "range": "1..4", "settings": { "unit": "{n}" } } ] } } }""")]
    [InlineData("""{ "deviceTypes": { "t": { "driver": "acme", "settings": { "unit": 1 }, "points": { "x": { "at": { "host": "h" } } } } } }""")]
    public void What_is_right_has_no_mistakes(string json) => Assert.Empty(Mistakes(json, Schema));

    [Theory]
    [InlineData("""{ "channels": { "c": { "driver": "acme" } } }""", "/channels/c")]
    [InlineData("""{ "channels": { "c": { "driver": "bcme", "settings": {} } } }""", "/channels/c/settings")]
    [InlineData("""{ "channels": { "c": { "driver": "acme", "settings": { "host": "h", "unit": 10 } } } }""", "/channels/c/settings/unit")]
    [InlineData("""{ "channels": { "c": { "driver": "acme", "settings": { "host": "h", "wait": "soon" } } } }""", "/channels/c/settings/wait")]
    [InlineData("""{ "channels": { "c": { "driver": "acme", "settings": { "host": "h", "inner": { "next": { "x": 1 } } } } } }""", "/channels/c/settings/inner/next/x")]
    [InlineData("""{ "channels": { "c": { "driver": "acme", "settings": { "host": "h" }, "devices": [ { "id": "P/d", "settings": { "hots": "h" } } ] } } }""", "/channels/c/devices/0/settings/hots")]
    [InlineData("""{ "channels": { "c": { "driver": "acme", "settings": { "host": "h" }, "devices": [ { "id": "P/d", "points": { "x": { "at": {} } } } ] } } }""", "/channels/c/devices/0/points/x/at")]
    [InlineData("""{ "deviceTypes": { "t": { "driver": "acme", "settings": { "unit": "{n}" } } } }""", "/deviceTypes/t/settings/unit")]
    [InlineData("""{ "deviceTypes": { "t": { "driver": "acme", "points": { "x": { "at": { "unit": 1 } } } } } }""", "/deviceTypes/t/points/x/at")]
    [InlineData("""{ "hub": { "keepAlive": "soon" } }""", "/hub/keepAlive")]
    public void What_is_wrong_is_found_at_its_place(string json, string place) =>
        Assert.Contains(place, Mistakes(json, Schema), StringComparer.Ordinal);

    [Fact]
    public void The_example_of_the_documentation_is_right_by_the_manifest_of_the_real_plugin()
    {
        var plugins = PluginManifests.In(BuiltPlugins);
        var schema = EditorSchema.Of(plugins.Drivers.Where(d => d.Info.Name is "modbus").Select(DriverSchemas.Of));

        Assert.Equal("modbus", schema["$defs"]!["driver"]!["examples"]![0]!.GetValue<string>());   // ! a missing one fails the test as well
        Assert.True(MetaSchemas.Draft202012.Evaluate(schema, Strict).IsValid);
        Assert.Empty(Mistakes(ConfigurationFolder.Example, schema));
        Assert.NotEmpty(
            Mistakes(ConfigurationFolder.Example.Replace("\"port\": 1502", "\"port\": 70000", StringComparison.Ordinal), schema));
    }

    /// <summary>Where the build leaves plugins.</summary>
    private static string BuiltPlugins { get; } = typeof(EditorSchemaTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(fact => string.Equals(fact.Key, "PluginDropFolder", StringComparison.Ordinal)).Value ?? "";

    private static DriverSchemas Driver(string name)
    {
        var schema = JsonNode.Parse(Settings)!;   // ! it is a constant
        return new DriverSchemas
        {
            Info = new DriverInfo { Name = name, Description = "A driver." },
            Channel = schema,
            Device = schema,
            Point = schema,
        };
    }

    private static List<string> Mistakes(string json, JsonObject schema)
    {
        var configuration = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        var result = Json.Schema.JsonSchema.FromText(schema.ToJsonString()).Evaluate(configuration, Strict);
        return result.IsValid ? [] : [.. result.Details.Where(d => d.HasErrors).Select(d => d.InstanceLocation.ToString())];
    }
}
