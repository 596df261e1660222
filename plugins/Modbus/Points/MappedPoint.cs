namespace BridgeFramework.Modbus;

/// <summary>A point with everything that is known of it: where it lives and how its bits are read.</summary>
internal sealed class MappedPoint
{
    private readonly PointCodec? _codec;

    /// <exception cref="ArgumentException">The point's <c>at</c> has a mistake.</exception>
    public MappedPoint(PointDefinition definition)
    {
        Definition = definition;
        At = definition.AtAs<ModbusPoint>();
        Table = At.EffectiveTable;
        Start = At.Address.Start;
        Count = At.Count;
        if (At.FindMistake() is { } mistake) throw new ArgumentException($"Point '{definition.Name}': {mistake}", nameof(definition));
        _codec = Table.IsBits() ? null : CodecOf(At);
    }

    public PointDefinition Definition { get; }

    public ModbusPoint At { get; }

    public Table Table { get; }

    /// <summary>The first coil or register, 0-based.</summary>
    public int Start { get; }

    /// <summary>The number of coils or registers.</summary>
    public int Count { get; }

    public int End => Start + Count;

    /// <summary>Makes the codec of a point in registers.</summary>
    /// <param name="at">One without a mistake.</param>
    public static PointCodec CodecOf(ModbusPoint at)
    {
        var type = at.EffectiveType;
        return type switch
        {
            PointType.Bool => new FlagCodec(at.Bit),
            PointType.String => new TextCodec(at.Encoding.ToEncoding(), at.Order),
            PointType.Bytes => new BytesCodec(),
            _ => new NumberCodec(
                type, ByteOrder.Parse(at.Order, type.NumberBytes()), new Scaling(at.Scale, at.Offset), at.Invalid.Select(s => s.Bits)),
        };
    }

    /// <summary>Reads the point out of the data of a block.</summary>
    /// <param name="data">The block's coils or registers as they are on the wire.</param>
    /// <param name="blockStart">The first of them.</param>
    public PointValue Decode(ReadOnlySpan<byte> data, int blockStart)
    {
        int offset = Start - blockStart;
        if (_codec is null) return new PointValue(Definition, Variant.From((data[offset >> 3] >> (offset & 7) & 1) != 0));
        var quality = _codec.Decode(data.Slice(2 * offset, 2 * Count), out var value);
        return quality == Quality.Good ? new PointValue(Definition, value) : new PointValue(Definition, quality);
    }

    /// <summary>Writes a value into registers; for points in registers only.</summary>
    /// <returns>Why it does not fit, or <see langword="null"/>.</returns>
    public string? Encode(Variant value, Span<byte> registers) =>
        _codec is null
            ? throw new InvalidOperationException($"Point '{Definition.Name}' is no register.")
            : _codec.Encode(value, registers[..(2 * Count)]);

    /// <summary>Gives name and place for messages: 'setpoint' (holding register 10, 0-based).</summary>
    public override string ToString() => $"'{Definition.Name}' ({Table.Noun()} {Start}, 0-based)";
}
