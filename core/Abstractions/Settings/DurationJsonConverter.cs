using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeFramework;

/// <summary>Reads and writes a <see cref="TimeSpan"/> the way durations are written in <c>bridge.json</c>: <c>"250ms"</c>, <c>"1s"</c>,
/// <c>"10m"</c>, <c>"2h"</c>, <c>"7d"</c>.</summary>
/// <remarks>Put it on the properties of settings records with <c>[JsonConverter]</c>. It is part of the contract so that a duration looks
/// the same everywhere in one file.</remarks>
public sealed class DurationJsonConverter : JsonConverter<TimeSpan>
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Reads a duration.</summary>
    /// <param name="text">A number (digits, a decimal point allowed) and a unit: ms, s, m, h or d.</param>
    /// <param name="duration">The duration.</param>
    /// <returns><see langword="false"/> when the text is not of that form, or the duration is over 10,000 days.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        int digits = text.IndexOfAnyExcept(NumberCharacters);
        if (digits <= 0) return false;
        foreach (var (suffix, unit) in Units)
        {
            if (!text[digits..].SequenceEqual(suffix)) continue;
            if (!double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
                return false;
            if (number * unit.TotalDays > 10_000) return false;
            duration = number * unit;
            return true;
        }

        return false;
    }

    /// <summary>Writes a duration in the largest unit that needs no fraction.</summary>
    /// <param name="duration">The duration.</param>
    public static string Format(TimeSpan duration)
    {
        for (int i = Units.Length - 1; i > 0; i--)
            if (duration.Ticks != 0 && duration.Ticks % Units[i].Unit.Ticks == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / Units[i].Unit.Ticks}{Units[i].Suffix}");
        return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms");
    }

    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var duration)
            ? duration
            : throw new JsonException("Expected a duration such as \"250ms\", \"1s\", \"10m\", \"2h\" or \"7d\".");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(Format(value));
    }
}
