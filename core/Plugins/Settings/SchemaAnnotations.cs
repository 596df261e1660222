using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace BridgeFramework.Plugins;

/// <summary>Writes what the annotations of a property demand into its JSON schema.</summary>
/// <remarks>
/// Limits of a duration have no keyword in JSON schema; they are written as <c>x-minimum</c> and <c>x-maximum</c>, in the form
/// of <see cref="DurationJsonConverter"/>.
/// </remarks>
internal static class SchemaAnnotations
{
    public static bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired || AttributesOf(property).OfType<RequiredAttribute>().Any();

    public static void Apply(JsonPropertyInfo property, JsonObject schema)
    {
        foreach (var attribute in AttributesOf(property))
        {
            switch (attribute)
            {
                case DescriptionAttribute { Description.Length: > 0 } description: schema["description"] = description.Description; break;
                case RangeAttribute range: ApplyRange(range, schema); break;
                case RequiredAttribute { AllowEmptyStrings: false }: ApplyLength(schema, 1, null); break;
                case StringLengthAttribute length: ApplyLength(schema, length.MinimumLength, length.MaximumLength); break;
                case LengthAttribute length: ApplyLength(schema, length.MinimumLength, length.MaximumLength); break;
                case MinLengthAttribute length: ApplyLength(schema, length.Length, null); break;
                case MaxLengthAttribute length: ApplyLength(schema, null, length.Length); break;
                case RegularExpressionAttribute expression: ApplyPattern(expression, schema); break;
                case AllowedValuesAttribute allowed: schema["enum"] = new JsonArray([.. allowed.Values.Select(ToNode)]); break;
            }
        }
    }

    /// <summary>Annotations of a positional record sit on the constructor's parameter, others on the property.</summary>
    private static IEnumerable<object> AttributesOf(JsonPropertyInfo property) =>
        [.. AttributesOf(property.AttributeProvider), .. AttributesOf(property.AssociatedParameter?.AttributeProvider)];

    private static object[] AttributesOf(ICustomAttributeProvider? provider) => provider?.GetCustomAttributes(inherit: true) ?? [];

    private static void ApplyPattern(RegularExpressionAttribute expression, JsonObject schema)
    {
        // DataAnnotations wants the whole value to match, JSON schema some part of it.
        string pattern = expression.Pattern;
        bool isWhole = pattern.StartsWith('^') && pattern.EndsWith('$') && pattern.AsSpan().IndexOfAny('|', '\\') < 0;
        schema["pattern"] = isWhole ? pattern : $"^(?:{pattern})$";
        if (expression.ErrorMessage is { Length: > 0 } expected) schema["x-expected"] = expected;
    }

    private static void ApplyRange(RangeAttribute range, JsonObject schema)
    {
        if (range.OperandType == typeof(TimeSpan))
        {
            schema["x-minimum"] = DurationJsonConverter.Format(TimeSpan.Parse((string)range.Minimum, CultureInfo.InvariantCulture));
            schema["x-maximum"] = DurationJsonConverter.Format(TimeSpan.Parse((string)range.Maximum, CultureInfo.InvariantCulture));
            return;
        }

        schema[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = NumberOf(range.Minimum);
        schema[range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = NumberOf(range.Maximum);
    }

    private static JsonNode NumberOf(object limit) => limit switch
    {
        int number => number,
        double number => number,
        _ => decimal.Parse((string)limit, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static void ApplyLength(JsonObject schema, int? minimum, int? maximum)
    {
        string? subject = Allows(schema, "string") ? "Length" : Allows(schema, "array") ? "Items" : Allows(schema, "object") ? "Properties"
            : null;
        if (subject is null) return;
        if (minimum is { } least && (schema[$"min{subject}"]?.GetValue<int>() ?? 0) < least) schema[$"min{subject}"] = least;
        if (maximum is { } most) schema[$"max{subject}"] = most;
    }

    private static bool Allows(JsonObject schema, string type) => schema["type"] switch
    {
        JsonValue single => single.GetValue<string>().Equals(type, StringComparison.Ordinal),
        JsonArray several => several.Any(t => type.Equals(t?.GetValue<string>(), StringComparison.Ordinal)),
        _ => false,
    };

    private static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        string text => text,
        bool truth => truth,
        int number => number,
        long number => number,
        double number => number,
        _ => value.ToString(),
    };
}
