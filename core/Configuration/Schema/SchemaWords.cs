using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BridgeFramework.Configuration;

/// <summary>Puts what is there, and what a schema expects, in words.</summary>
internal static class SchemaWords
{
    private const int MaxShown = 60;

    /// <summary>A value as it is shown in a message: short, on one line, and only if it is no secret.</summary>
    public static string Shown(ConfigurationNode node, bool secret = false)
    {
        if (secret || SecretNames.Covers(node.Origin)) return "this";
        return node.Kind switch
        {
            JsonValueKind.Object or JsonValueKind.Array => "this",
            JsonValueKind.String => Quoted(node.Text),
            _ => Shortened(node.Text),
        };
    }

    public static string Quoted(string text) =>
        $"\"{JsonEncodedText.Encode(Shortened(text), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    public static string KindOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };

    /// <summary>What a schema expects, such as <c>an integer, 1 to 65535</c>.</summary>
    public static string Expected(JsonSchema schema)
    {
        schema = schema.Resolved();
        if (schema.Text("x-expected") is { } words) return words;
        if (schema.Enum is { } allowed) return OneOf(allowed);
        if (schema.HasConst) return schema.Const?.ToJsonString() ?? "null";
        var kinds = schema.Types.Where(t => t is not "null").Select(type => ExpectedKind(type, schema)).ToList();
        if (kinds.Count > 0) return string.Join(" or ", kinds);
        var choices = schema.All("anyOf").Concat(schema.All("oneOf")).ToList();
        return choices.Count > 0 ? string.Join(" or ", choices.Select(Expected).Distinct(StringComparer.Ordinal)) : "another value";
    }

    public static string OneOf(JsonArray allowed) =>
        // ! filtered one call before
        (allowed.Count == 1 ? "" : "one of ") + string.Join(", ", allowed.Where(v => v is not null).Select(v => v!.ToJsonString()));

    /// <summary>The limits of a number, such as <c>1 to 65535</c>; empty where there are none.</summary>
    public static string NumberRange(JsonSchema schema)
    {
        string? least = schema.Number("minimum") is { } minimum ? Plain(minimum)
            : schema.Number("exclusiveMinimum") is { } above ? $"more than {Plain(above)}" : null;
        string? most = schema.Number("maximum") is { } maximum ? Plain(maximum)
            : schema.Number("exclusiveMaximum") is { } below ? $"less than {Plain(below)}" : null;
        return Range(least, most);
    }

    /// <summary>The limits of a duration, such as <c>10ms to 1d</c>; empty where there are none.</summary>
    public static string DurationRange(JsonSchema schema) => Range(schema.Text("x-minimum"), schema.Text("x-maximum"));

    /// <summary>The limits of a length, such as <c>1 to 64</c>; empty where there are none.</summary>
    public static string CountRange(JsonSchema schema, string subject)
    {
        decimal? least = schema.Number($"min{subject}");
        decimal? most = schema.Number($"max{subject}");
        return Range(least is { } minimum ? Plain(minimum) : null, most is { } maximum ? Plain(maximum) : null);
    }

    private static string Range(string? least, string? most) => (least, most) switch
    {
        (null, null) => "",
        (null, _) => most.StartsWith("less", StringComparison.Ordinal) ? most : $"at most {most}",
        (_, null) => least.StartsWith("more", StringComparison.Ordinal) ? least : $"at least {least}",
        _ => $"{least} to {most}",
    };

    private static string ExpectedKind(string type, JsonSchema schema) => type switch
    {
        "integer" => With("an integer", NumberRange(schema)),
        "number" => With("a number", NumberRange(schema)),
        "boolean" => "true or false",
        "array" => "a list in brackets",
        "object" => "an object in braces",
        _ when schema.IsDuration => With("a duration such as \"250ms\", \"1s\" or \"10m\"", DurationRange(schema)),
        _ => CountRange(schema, "Length") is { Length: > 0 } length ? $"text of {length} characters" : "text",
    };

    private static string With(string what, string range) => range.Length == 0 ? what : $"{what}, {range}";

    private static string Plain(decimal number) => number.ToString("0.############################", CultureInfo.InvariantCulture);

    private static string Shortened(string text) => text.Length <= MaxShown ? text : string.Concat(text.AsSpan(0, MaxShown), "…");
}
