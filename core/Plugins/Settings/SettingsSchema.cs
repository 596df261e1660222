using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace BridgeFramework.Plugins;

/// <summary>Exports the JSON schema of a settings record: shape from its type information, limits from its annotations.</summary>
internal static class SettingsSchema
{
    private static readonly JsonSchemaExporterOptions ExporterOptions = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Transform,
    };

    public static JsonObject Of(JsonTypeInfo typeInfo) =>
        typeInfo.GetJsonSchemaAsNode(ExporterOptions) as JsonObject
        ?? throw new ArgumentException(
            $"{typeInfo.Type} has no JSON schema: settings are records that are read from a JSON object.", nameof(typeInfo));

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;

        // A converter of its own gives the schema "anything"; for a TimeSpan that is the contract's DurationJsonConverter.
        if (node is not JsonObject schema)
        {
            if (type != typeof(TimeSpan)) return node;
            schema = DurationSchema(nullable: type != context.TypeInfo.Type);
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && !schema.ContainsKey("$ref")) DescribeObject(context.TypeInfo, schema);
        if (context.PropertyInfo is { } property) SchemaAnnotations.Apply(property, schema);
        return schema;
    }

    /// <remarks>
    /// The contract's own form, "250ms" or "1s", and not the ISO 8601 one: hence the pattern beside the format.
    /// </remarks>
    private static JsonObject DurationSchema(bool nullable) => new()
    {
        ["type"] = nullable ? new JsonArray("string", "null") : "string",
        ["format"] = "duration",
        ["pattern"] = @"^[0-9]*\.?[0-9]+(ms|s|m|h|d)$",
    };

    private static void DescribeObject(JsonTypeInfo typeInfo, JsonObject schema)
    {
        if (!typeInfo.Properties.Any(p => p.IsExtensionData)) schema["additionalProperties"] = false;
        if (schema["properties"] is not JsonObject properties) return;
        var required = schema["required"] as JsonArray ?? [];
        foreach (var property in typeInfo.Properties.Where(SchemaAnnotations.IsRequired))
            if (!required.Any(name => property.Name.Equals(name?.GetValue<string>(), StringComparison.Ordinal)))
                required.Add(property.Name);
        if (required.Count > 0) schema["required"] = required;

        foreach (var (name, value) in SettingsDefaults.Of(typeInfo))
            if (properties[name] is JsonObject property) property["default"] = value?.DeepClone();
    }
}
