using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeFramework.Modbus;

/// <summary>The <c>at</c> of a point: where it lives in a unit and how its bits are read.</summary>
internal sealed record ModbusPoint : IJsonOnDeserialized, IPointAddress
{
    [Description("The table: coil, discrete, input or holding. Not needed where the address names it (\"40001\").")]
    public Table? Table { get; set; }

    [Description("The first coil or register. A number is 0-based, as on the wire; \"40001\" is the 1-based form with the table in "
        + "front; \"0x1F40\" is hexadecimal, 0-based.")]
    public required PointAddress Address { get; set; }

    [Description("How the bits are read. Default: bool for coils, discrete inputs and where bit is given, else uint16.")]
    public PointType? Type { get; set; }

    [Description("One bit of a register: 0 (least significant) to 15.")]
    [Range(0, 15)]
    public int? Bit { get; set; }

    [Description("The order of the bytes on the wire, A being the most significant of the value: ABCD (big-endian), CDAB (words "
        + "swapped), BADC (bytes swapped), DCBA (little-endian), or each byte named, such as EFGHABCD.")]
    [RegularExpression(
        "^[A-H]{2,8}$", ErrorMessage = "\"ABCD\", \"CDAB\", \"BADC\" or \"DCBA\", or each byte named once, such as \"EFGHABCD\"")]
    public string Order { get; set; } = "ABCD";

    [Description("How many registers a string or bytes take.")]
    [Range(1, 125)]
    public int? Length { get; set; }

    [Description("value = raw * scale + offset, with as many decimals as scale and offset have.")]
    public double Scale { get; set; } = 1;

    [Description("value = raw * scale + offset.")]
    public double Offset { get; set; }

    [Description("The encoding of a string.")]
    public TextEncoding Encoding { get; set; }

    [Description("Raw values by which the device says that it has none, such as \"0x8000\".")]
    [MaxLength(16)]
    public IReadOnlyList<Sentinel> Invalid { get; set; } = [];

    [JsonIgnore]
    public Table EffectiveTable => Table ?? Address.Table ?? Modbus.Table.Holding;

    [JsonIgnore]
    public PointType EffectiveType => Type ?? (EffectiveTable.IsBits() || Bit is not null ? PointType.Bool : PointType.Uint16);

    /// <summary>The number of coils or registers it takes.</summary>
    [JsonIgnore]
    public int Count => EffectiveType switch
    {
        PointType.Bool => 1,
        PointType.String or PointType.Bytes => Length ?? 1,
        var number => number.NumberBytes() / 2,
    };

    PointAccess IPointAddress.PossibleAccess => EffectiveTable.IsWritable() ? PointAccess.ReadWrite : PointAccess.Read;

    /// <summary>Gives what is wrong with it as a whole, or <see langword="null"/>.</summary>
    public string? FindMistake()
    {
        if (Table is null && Address.Table is null) return "'table' is missing: coil, discrete, input or holding.";
        if (Table is { } table && Address.Table is { } named && table != named)
            return $"'table' says {table.Noun()} and 'address' says {named.Noun()}: leave one out.";
        if (EffectiveTable.IsBits() && EffectiveType != PointType.Bool) return $"A {EffectiveTable.Noun()} is a bool, not {EffectiveType}.";
        if (Bit is not null && (EffectiveTable.IsBits() || EffectiveType != PointType.Bool)) return "'bit' is for type bool in a register.";
        if (EffectiveType.HasLength() != Length is not null)
            return EffectiveType.HasLength() ? $"'length' is missing: how many registers the {EffectiveType} takes."
                : "'length' is for strings and bytes.";
        if (Address.Start + Count > Tables.Size)
            return $"{Count} registers from address {Address.Start} reach past 65535.";
        if (Scale == 0 || !double.IsFinite(Scale) || !double.IsFinite(Offset))
            return "'scale' must be a number other than 0, 'offset' a number.";
        if ((Scale != 1 || Offset != 0) && EffectiveType.NumberBytes() == 0)
            return $"'scale' and 'offset' are for numbers, not {EffectiveType}.";
        if (Invalid.Count > 0 && EffectiveType.NumberBytes() == 0) return $"'invalid' is for numbers, not {EffectiveType}.";
        return ByteOrder.TryParse(Order, Math.Max(2, EffectiveType.NumberBytes()), out _)
            ? null
            : $"'order' {Order} is no order of the {Math.Max(2, EffectiveType.NumberBytes())} bytes of {EffectiveType}: "
                + $"{ByteOrder.Expected}.";
    }

    /// <inheritdoc/>
    public void OnDeserialized()
    {
        if (FindMistake() is { } mistake) throw new JsonException(mistake);
    }
}
