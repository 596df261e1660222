using System.Text.Json;
using System.Text.Json.Nodes;

namespace BridgeFramework.Configuration;

/// <summary>Makes the schema of a whole <c>bridge.json</c> for an editor: that of the core, and in it those of the drivers.</summary>
/// <remarks>A valid schema of draft 2020-12. The words of our own, <c>x-…</c>, stay; an editor passes them over.</remarks>
public static class EditorSchema
{
    /// <summary>Durations are not those of ISO 8601, which editors know as "duration".</summary>
    private const string DurationPattern = @"^[0-9]*\.?[0-9]+(ms|s|m|h|d)$";

    private const string PlaceholderPattern = @"\{n(:0{1,9})?\}";

    /// <summary>Keywords whose members are schemas, by names that are no keywords.</summary>
    private static readonly string[] Maps = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

    /// <summary>Keywords that hold values, in which nothing is a schema.</summary>
    private static readonly string[] Values = ["default", "const", "enum", "examples"];

    /// <summary>Gives the schema. Where <c>driver</c> is X, the parts that belong to the driver are as X says.</summary>
    /// <param name="drivers">The drivers, each name once.</param>
    /// <returns>A new tree.</returns>
    public static JsonObject Of(IEnumerable<DriverSchemas> drivers)
    {
        ArgumentNullException.ThrowIfNull(drivers);
        var root = (JsonObject)JsonNode.Parse(GatewaySchema.Text)!;   // ! it is an object in our own assembly
        Adapt(root, "");
        var definitions = Part(root, "$defs");
        var (names, channels, types) = (new JsonArray(), new JsonArray(), new JsonArray());
        foreach (var driver in drivers.OrderBy(d => d.Info.Name, StringComparer.Ordinal))
        {
            string name = driver.Info.Name;
            names.Add(name);
            Define(definitions, $"driver.{name}.channel", driver.Channel);
            // A sub-device and its type complete each other, and a sub-device of a range may have {n} in place of anything.
            Optional(Define(definitions, $"driver.{name}.type", driver.Device));
            Numbered(Optional(Define(definitions, $"driver.{name}.device", driver.Device)));
            Define(definitions, $"driver.{name}.point", driver.Point);
            channels.Add(WhereDriverIs(name, Channel(name, driver.Channel)));
            types.Add(WhereDriverIs(name, new JsonObject { ["properties"] = DeviceParts(name, "type") }));
        }

        if (names.Count == 0) return root;
        Part(definitions, "driver")["examples"] = names;
        Part(root, "properties", "channels", "additionalProperties")["allOf"] = channels;
        Part(root, "properties", "deviceTypes", "additionalProperties")["allOf"] = types;
        return root;
    }

    private static JsonObject Channel(string driver, JsonNode schema)
    {
        var channel = new JsonObject
        {
            ["properties"] = new JsonObject
            {
                ["settings"] = Reference(driver, "channel"),
                ["devices"] = new JsonObject { ["items"] = new JsonObject { ["properties"] = DeviceParts(driver, "device") } },
            },
        };
        if (new JsonSchema(schema).Required.Count > 0) channel["required"] = new JsonArray("settings");
        return channel;
    }

    private static JsonObject DeviceParts(string driver, string part) => new()
    {
        ["settings"] = Reference(driver, part),
        ["points"] = new JsonObject
        {
            ["additionalProperties"] = new JsonObject { ["properties"] = new JsonObject { ["at"] = Reference(driver, "point") } },
        },
    };

    private static JsonObject WhereDriverIs(string name, JsonObject then) => new()
    {
        ["if"] = new JsonObject
        {
            ["properties"] = new JsonObject { ["driver"] = new JsonObject { ["const"] = name } },
            ["required"] = new JsonArray("driver"),
        },
        ["then"] = then,
    };

    private static JsonObject Reference(string driver, string part) => new() { ["$ref"] = $"#/$defs/driver.{driver}.{part}" };

    private static JsonObject Define(JsonObject definitions, string name, JsonNode schema)
    {
        var copy = schema.DeepClone() as JsonObject ?? [];
        copy.Remove("$schema");
        copy.Remove("$id");
        Adapt(copy, $"/$defs/{name}");
        definitions[name] = copy;
        return copy;
    }

    private static JsonObject Optional(JsonObject schema)
    {
        schema.Remove("required");
        return schema;
    }

    private static void Numbered(JsonObject schema)
    {
        if (schema["properties"] is not JsonObject properties) return;
        foreach (string name in properties.Select(p => p.Key).ToList())
        {
            var property = properties[name];
            properties[name] = null;
            var placeholder = new JsonObject { ["type"] = "string", ["pattern"] = PlaceholderPattern };
            var either = new JsonObject { ["anyOf"] = new JsonArray(property, placeholder) };
            // Shown by editors only where it stands outside.
            foreach (string shown in (ReadOnlySpan<string>)["description", "default"])
                if (property is JsonObject its && its[shown] is { } text) either[shown] = text.DeepClone();
            properties[name] = either;
        }
    }

    /// <summary>Makes a schema a part of the whole: what points into it points to where it is now.</summary>
    private static void Adapt(JsonObject schema, string place)
    {
        if (TextOf(schema, "$ref") is { } pointer && pointer.StartsWith('#')) schema["$ref"] = $"#{place}{pointer.AsSpan(1)}";
        if (TextOf(schema, "format") is "duration")
        {
            schema.Remove("format");
            schema.TryAdd("pattern", DurationPattern);
        }

        foreach (var (keyword, part) in schema.ToList())
        {
            if (Values.Contains(keyword, StringComparer.Ordinal)) continue;
            var parts = part switch
            {
                JsonObject map when Maps.Contains(keyword, StringComparer.Ordinal) => map.Select(m => m.Value),
                JsonArray list => list,
                _ => [part],
            };
            foreach (var inner in parts.OfType<JsonObject>().ToList()) Adapt(inner, place);
        }
    }

    private static string? TextOf(JsonObject schema, string keyword) =>
        schema[keyword] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static JsonObject Part(JsonNode node, params ReadOnlySpan<string> path)
    {
        foreach (string step in path) node = node[step]!;   // ! of our own schema
        return (JsonObject)node;
    }
}
