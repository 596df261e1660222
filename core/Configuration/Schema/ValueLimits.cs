using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BridgeFramework.Configuration;

/// <summary>Holds one number or text against its limits.</summary>
internal static class ValueLimits
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether a value is of a JSON schema type.</summary>
    public static bool IsOfType(ConfigurationNode node, string type) => type switch
    {
        "object" => node.Kind == JsonValueKind.Object,
        "array" => node.Kind == JsonValueKind.Array,
        "string" => node.Kind == JsonValueKind.String,
        "boolean" => node.Kind is JsonValueKind.True or JsonValueKind.False,
        "null" => node.Kind == JsonValueKind.Null,
        "number" => node.Kind == JsonValueKind.Number,
        // The serializer reads 1.0 into no integer, whatever JSON schema thinks of it.
        "integer" => node.Kind == JsonValueKind.Number && node.Text.AsSpan().IndexOfAny(".eE") < 0,
        _ => true,
    };

    /// <summary>Whether a value is the one that a schema lists.</summary>
    public static bool IsSame(ConfigurationNode node, JsonNode? listed) => listed?.GetValueKind() switch
    {
        null => node.Kind == JsonValueKind.Null,
        JsonValueKind.String =>
            node.Kind == JsonValueKind.String && string.Equals(node.Text, listed.GetValue<string>(), StringComparison.Ordinal),
        JsonValueKind.True or JsonValueKind.False => node.Kind == listed.GetValueKind(),
        JsonValueKind.Number =>
            node.Kind == JsonValueKind.Number && NumberOf(node.Text) is { } number && number == NumberOf(listed.ToJsonString()),
        _ => JsonNode.DeepEquals(JsonNode.Parse(node.ToJsonElement().GetRawText()), listed),
    };

    /// <summary>What is wrong with a number or a text; <see langword="null"/> when nothing is.</summary>
    public static string? Check(ConfigurationNode node, JsonSchema schema) => node.Kind switch
    {
        JsonValueKind.Number => CheckNumber(node, schema),
        JsonValueKind.String when schema.IsDuration => CheckDuration(node, schema),
        JsonValueKind.String => CheckText(node, schema),
        _ => null,
    };

    private static string? CheckNumber(ConfigurationNode node, JsonSchema schema)
    {
        string shown = SchemaWords.Shown(node, schema.IsSecret);
        string range = SchemaWords.NumberRange(schema);
        bool negative = node.Text.StartsWith('-');
        if (NumberOf(node.Text) is not { } number)
            return range.Length == 0 ? null : $"{shown} is too {(negative ? "small" : "large")}: expected {range}.";
        if (number < schema.Number("minimum") || number <= schema.Number("exclusiveMinimum"))
            return $"{shown} is too small: expected {range}.";
        if (number > schema.Number("maximum") || number >= schema.Number("exclusiveMaximum"))
            return $"{shown} is too large: expected {range}.";
        return null;
    }

    private static string? CheckDuration(ConfigurationNode node, JsonSchema schema)
    {
        string shown = SchemaWords.Shown(node, schema.IsSecret);
        if (!DurationJsonConverter.TryParse(node.Text, out var duration))
            return $"{shown} is not a duration: expected {SchemaWords.Expected(schema)}.";
        if (duration < schema.Duration("x-minimum")) return $"{shown} is too short: expected {SchemaWords.DurationRange(schema)}.";
        if (duration > schema.Duration("x-maximum")) return $"{shown} is too long: expected {SchemaWords.DurationRange(schema)}.";
        return null;
    }

    private static string? CheckText(ConfigurationNode node, JsonSchema schema)
    {
        string shown = SchemaWords.Shown(node, schema.IsSecret);
        string expected = SchemaWords.Expected(schema);
        if (schema.Text("pattern") is { } pattern && !Matches(node.Text, pattern))
        {
            bool isShown = !schema.IsSecret && !SecretNames.Covers(node.Origin);
            string meant = isShown && InOtherCase(node.Text, pattern) is { } right
                ? $"did you mean {SchemaWords.Quoted(right)}? Expected" : "expected";
            string form = schema.Text("x-expected") is null ? $"text that matches {pattern}" : expected;
            return $"{shown} is not of the expected form: {meant} {form}.";
        }

        if (node.Text.Length < schema.Number("minLength"))
            return node.Text.Length == 0 ? $"this is empty: expected {expected}." : $"{shown} is too short: expected {expected}.";
        if (node.Text.Length > schema.Number("maxLength")) return $"{shown} is too long: expected {expected}.";
        return null;
    }

    private static string? InOtherCase(string text, string pattern)
    {
        string[] others = [text.ToLowerInvariant(), text.ToUpperInvariant()];
        return Array.Find(others, other => Matches(other, pattern));
    }

    private static bool Matches(string text, string pattern)
    {
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            return true;   // the pattern is at fault, not the value; the driver will judge it when it reads it
        }
    }

    private static decimal? NumberOf(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;
}
