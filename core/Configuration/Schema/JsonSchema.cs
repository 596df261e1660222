using System.Text.Json;
using System.Text.Json.Nodes;

namespace BridgeFramework.Configuration;

/// <summary>One JSON schema, or a part of one, read forgivingly: a keyword that is not of the expected form counts as not there.</summary>
/// <remarks>
/// The subset that <c>System.Text.Json</c> exports (JSON Schema draft 2020-12), and four words of our own: <c>x-minimum</c> and
/// <c>x-maximum</c> of a duration, <c>x-expected</c> (what to tell whoever missed the pattern), <c>x-secret</c> (never print the value).
/// </remarks>
internal readonly struct JsonSchema
{
    private const int MaxReferences = 16;
    private readonly JsonNode? _root;
    private readonly JsonNode? _node;

    public JsonSchema(JsonNode? root)
        : this(root, root)
    {
    }

    private JsonSchema(JsonNode? root, JsonNode? node) => (_root, _node) = (root, node);

    /// <summary>What makes this part of a schema the same as another one.</summary>
    public JsonNode? Identity => _node;

    /// <summary>Whether the schema is <c>false</c>, which nothing satisfies.</summary>
    public bool AllowsNothing => _node?.GetValueKind() == JsonValueKind.False;

    public JsonSchema? Reference => Text("$ref") is { } pointer ? new JsonSchema(_root, Find(pointer)) : null;

    public IReadOnlyList<string> Types => _node is not JsonObject ? [] : Text("type") is { } single ? [single] : Texts("type");

    public IReadOnlyList<string> Required => Texts("required");

    public IReadOnlyList<string> PropertyNames => this["properties"]?._node is JsonObject all ? [.. all.Select(p => p.Key)] : [];

    /// <summary>Whether a property is listed.</summary>
    public bool Lists(string name) => this["properties"]?._node is JsonObject all && all.ContainsKey(name);

    public JsonArray? Enum => Keyword("enum") as JsonArray;

    public bool HasConst => _node is JsonObject schema && schema.ContainsKey("const");

    public JsonNode? Const => Keyword("const");

    /// <summary>The default; <see langword="null"/> where there is none.</summary>
    public JsonNode? Default => Keyword("default");

    public bool IsSecret => Keyword("x-secret")?.GetValueKind() == JsonValueKind.True;

    public bool IsDuration => string.Equals(Text("format"), "duration", StringComparison.Ordinal);

    /// <summary>The part under a keyword, such as <c>items</c>.</summary>
    public JsonSchema? this[string keyword] => Keyword(keyword) is { } node ? new JsonSchema(_root, node) : null;

    /// <summary>The parts under a keyword that holds a list, such as <c>anyOf</c>.</summary>
    public IReadOnlyList<JsonSchema> All(string keyword)
    {
        var root = _root;
        return Keyword(keyword) is JsonArray parts ? [.. parts.Select(part => new JsonSchema(root, part))] : [];
    }

    /// <summary>The schema of a property, listed or additional; <see langword="null"/> where nothing is said of it.</summary>
    public JsonSchema? Property(string name)
    {
        var listed = (Keyword("properties") as JsonObject)?[name];
        return listed is not null ? new JsonSchema(_root, listed) : this["additionalProperties"];
    }

    /// <summary>Follows references to a part that says something itself.</summary>
    public JsonSchema Resolved()
    {
        var schema = this;
        for (int i = 0; i < MaxReferences && schema.Reference is { } target; i++) schema = target;
        return schema;
    }

    /// <summary>The value of a property as JSON: what an object says, or the default; <see langword="null"/> where neither
    /// is there.</summary>
    public string? ValueIn(ConfigurationNode? holder, string name) =>
        holder?[name]?.ToJsonElement().GetRawText() ?? Property(name)?.Default?.ToJsonString();

    public string? Text(string keyword) => Keyword(keyword) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public decimal? Number(string keyword) =>
        Keyword(keyword) is { } node && node.GetValueKind() == JsonValueKind.Number && decimal.TryParse(
            node.ToJsonString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture,
                out decimal number)
            ? number
            : null;

    public TimeSpan? Duration(string keyword) => DurationJsonConverter.TryParse(Text(keyword), out var duration) ? duration : null;

    private JsonNode? Keyword(string name) => _node is JsonObject schema ? schema[name] : null;

    private string[] Texts(string keyword) =>
        Keyword(keyword) is JsonArray list
            ? [.. list.OfType<JsonValue>().Where(v => v.GetValueKind() == JsonValueKind.String).Select(v => v.GetValue<string>())] : [];

    /// <summary>What a JSON pointer such as <c>#/properties/serial</c> points at.</summary>
    private JsonNode? Find(string pointer)
    {
        if (!pointer.StartsWith('#')) return null;
        var node = _root;
        foreach (string step in pointer[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string key = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace(
                "~0", "~", StringComparison.Ordinal);
            node = node switch
            {
                JsonObject members => members[key],
                JsonArray items when int.TryParse(key, System.Globalization.NumberStyles.None,
                    System.Globalization.CultureInfo.InvariantCulture, out int index) && index < items.Count => items[index],
                _ => null,
            };
        }

        return node;
    }
}
