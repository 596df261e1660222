using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeFramework.Modbus;

/// <summary>Where a point begins in its table, 0-based as on the wire; in the form "40001" it names the table too.</summary>
[JsonConverter(typeof(PointAddressJsonConverter))]
internal readonly record struct PointAddress(int Start, Table? Table = null)
{
    public const string Expected =
        "expected a number (0-based, as on the wire), \"0x1F40\" (the same in hexadecimal), or the 1-based form with the table in front: "
        + "\"00001\", \"10001\", \"30001\", \"40001\", with six digits above 9999 (\"465536\"), or \"4x00001\"";

    /// <summary>Reads an address written as text.</summary>
    public static bool TryParse(string text, out PointAddress address)
    {
        address = default;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.Length is > 2 and <= 6)
        {
            if (!int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int start)) return false;
            address = new PointAddress(start);
            return true;
        }

        var digits = text.AsSpan();
        if (digits.Length is < 5 or > 7 || TableOf(digits[0]) is not { } table) return false;
        digits = digits[1..];
        if (digits[0] is 'x' or 'X') digits = digits[1..];
        else if (digits.Length > 5) return false;
        if (digits.Length is < 4 or > 5) return false;
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > Tables.Size)
            return false;
        address = new PointAddress(number - 1, table);
        return true;
    }

    private static Table? TableOf(char digit) => digit switch
    {
        '0' => Modbus.Table.Coil,
        '1' => Modbus.Table.Discrete,
        '3' => Modbus.Table.Input,
        '4' => Modbus.Table.Holding,
        _ => null,
    };
}

internal sealed class PointAddressJsonConverter : JsonConverter<PointAddress>
{
    public override PointAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int start) && start is >= 0 and < Tables.Size)
            return new PointAddress(start);
        if (reader.TokenType == JsonTokenType.String && PointAddress.TryParse(reader.GetString() ?? "", out var address)) return address;
        string given = reader.TokenType switch
        {
            JsonTokenType.String => $"\"{reader.GetString()}\"",
            JsonTokenType.Number when reader.TryGetDouble(out double number) => number.ToString("R", CultureInfo.InvariantCulture),
            _ => reader.TokenType.ToString(),
        };
        throw new JsonException($"{given} is no address of 0 to 65535: {PointAddress.Expected}.");
    }

    public override void Write(Utf8JsonWriter writer, PointAddress value, JsonSerializerOptions options)
    {
        if (value.Table is not { } table)
        {
            writer.WriteNumberValue(value.Start);
            return;
        }

        char digit = table switch { Table.Coil => '0', Table.Discrete => '1', Table.Input => '3', _ => '4' };
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{digit}{value.Start + 1:00000}"));
    }
}
