using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeFramework.Modbus;

/// <summary>A raw value by which a device says "no value": its bits, as many as the point has.</summary>
[JsonConverter(typeof(SentinelJsonConverter))]
internal readonly record struct Sentinel(ulong Bits);

internal sealed class SentinelJsonConverter : JsonConverter<Sentinel>
{
    public override Sentinel Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt64(out long signed)) return new Sentinel(unchecked((ulong)signed));
            if (reader.TryGetUInt64(out ulong unsigned)) return new Sentinel(unsigned);
        }
        else if (reader.TokenType == JsonTokenType.String
            && reader.GetString() is { } text
            && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits))
        {
            return new Sentinel(bits);
        }

        throw new JsonException("Expected an integer or hexadecimal digits, such as 65535 or \"0xFFFF\".");
    }

    public override void Write(Utf8JsonWriter writer, Sentinel value, JsonSerializerOptions options) =>
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"0x{value.Bits:X}"));
}
