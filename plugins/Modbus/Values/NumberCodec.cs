using System.Buffers.Binary;
using System.Globalization;

namespace BridgeFramework.Modbus;

/// <summary>A number in one to four registers.</summary>
internal sealed class NumberCodec : PointCodec
{
    private readonly PointType _type;
    private readonly int _width;
    private readonly ByteOrder _order;
    private readonly Scaling _scaling;
    private readonly ulong[] _invalid;

    /// <param name="type">A type of number.</param>
    /// <param name="order">An order of as many bytes as the type has.</param>
    /// <param name="scaling">Between the raw number and the value.</param>
    /// <param name="invalid">The bits by which the device says that it has no value; what is more than the type has is cut off.</param>
    public NumberCodec(PointType type, ByteOrder order, Scaling scaling, IEnumerable<ulong> invalid)
    {
        _type = type;
        _width = type.NumberBytes();
        _order = order;
        _scaling = scaling;
        ulong mask = ulong.MaxValue >> 64 - 8 * _width;
        _invalid = [.. invalid.Select(bits => bits & mask)];
    }

    public override Quality Decode(ReadOnlySpan<byte> registers, out Variant value)
    {
        value = default;
        ulong bits = ReadBits(registers[.._width]);
        foreach (ulong invalid in _invalid) if (bits == invalid) return Quality.Invalid;
        return _type.IsFloat() ? DecodeFloat(bits, out value) : DecodeInteger(bits, out value);
    }

    public override string? Encode(Variant value, Span<byte> registers)
    {
        if (value.Kind is not (VariantKind.Integer or VariantKind.UnsignedInteger or VariantKind.Number))
            return $"{PointText.Show(value)} is no number.";
        return _type.IsFloat() ? EncodeFloat(value, registers) : EncodeInteger(value, registers);
    }

    private Quality DecodeFloat(ulong bits, out Variant value)
    {
        value = default;
        double raw = _type == PointType.Float64
            ? BitConverter.UInt64BitsToDouble(bits)
            : BitConverter.UInt32BitsToSingle((uint)bits);
        if (!double.IsFinite(raw)) return Quality.Invalid;
        double scaled = raw;
        if (_type == PointType.Float32) scaled = ShortestDouble((float)raw);
        if (!_scaling.IsNone) scaled = _scaling.Apply(scaled, _type == PointType.Float32 ? 7 : 15);
        if (!double.IsFinite(scaled)) return Quality.Invalid;
        value = Variant.From(scaled);
        return Quality.Good;
    }

    private Quality DecodeInteger(ulong bits, out Variant value)
    {
        value = default;
        Int128 raw;
        switch (_type)
        {
            case PointType.Int16: raw = (short)bits; break;
            case PointType.Int32: raw = (int)bits; break;
            case PointType.Int64: raw = (long)bits; break;
            case PointType.Bcd16 or PointType.Bcd32:
                if (!TryReadDigits(bits, out long digits)) return Quality.Invalid;
                raw = digits;
                break;
            default: raw = bits; break;
        }

        if (!_scaling.IsNone) value = Variant.From(_scaling.Apply(raw));
        else if (raw > long.MaxValue) value = Variant.From((ulong)raw);
        else value = Variant.From((long)raw);
        return Quality.Good;
    }

    private string? EncodeFloat(Variant value, Span<byte> registers)
    {
        double raw = _scaling.Remove(value.AsNumber());
        ulong bits;
        if (_type == PointType.Float32)
        {
            float single = (float)raw;
            if (!float.IsFinite(single)) return $"{PointText.Show(value)} does not fit {_type}: allowed -3.4e38 to 3.4e38 before scaling.";
            bits = BitConverter.SingleToUInt32Bits(single);
        }
        else
        {
            if (!double.IsFinite(raw)) return $"{PointText.Show(value)} does not fit {_type}: allowed -1.8e308 to 1.8e308 before scaling.";
            bits = BitConverter.DoubleToUInt64Bits(raw);
        }

        WriteBits(bits, registers);
        return null;
    }

    private string? EncodeInteger(Variant value, Span<byte> registers)
    {
        var (min, max) = Range();
        Int128 raw;
        bool known = true;
        if (_scaling.IsNone && value.Kind == VariantKind.Integer) raw = value.AsInteger();
        else if (_scaling.IsNone && value.Kind == VariantKind.UnsignedInteger) raw = value.AsUnsignedInteger();
        else known = _scaling.TryRemove(value.AsNumber(), out raw);
        if (!known || raw < min || raw > max) return RangeRefusal(value, min, max);
        WriteBits(_type is PointType.Bcd16 or PointType.Bcd32 ? WriteDigits((long)raw) : unchecked((ulong)raw), registers);
        return null;
    }

    private string RangeRefusal(Variant value, Int128 min, Int128 max)
    {
        string low = min.ToString(CultureInfo.InvariantCulture);
        string high = max.ToString(CultureInfo.InvariantCulture);
        if (!_scaling.IsNone)
        {
            double a = _scaling.Apply(min);
            double b = _scaling.Apply(max);
            low = Math.Min(a, b).ToString("R", CultureInfo.InvariantCulture);
            high = Math.Max(a, b).ToString("R", CultureInfo.InvariantCulture);
        }

        return $"{PointText.Show(value)} does not fit {_type}: allowed {low} to {high}.";
    }

    private (Int128 Min, Int128 Max) Range() => _type switch
    {
        PointType.Int16 => (short.MinValue, short.MaxValue),
        PointType.Uint16 => (0, ushort.MaxValue),
        PointType.Int32 => (int.MinValue, int.MaxValue),
        PointType.Uint32 => (0, uint.MaxValue),
        PointType.Int64 => (long.MinValue, long.MaxValue),
        PointType.Bcd16 => (0, 9999),
        PointType.Bcd32 => (0, 99_999_999),
        _ => (0, ulong.MaxValue),
    };

    private ulong ReadBits(ReadOnlySpan<byte> wire)
    {
        Span<byte> value = stackalloc byte[8];
        value.Clear();
        var tail = value[(8 - _width)..];
        if (_order.IsBigEndian) wire.CopyTo(tail);
        else _order.FromWire(wire, tail);
        return BinaryPrimitives.ReadUInt64BigEndian(value);
    }

    private void WriteBits(ulong bits, Span<byte> wire)
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(value, bits);
        _order.ToWire(value[(8 - _width)..], wire);
    }

    private bool TryReadDigits(ulong bits, out long digits)
    {
        digits = 0;
        for (int shift = 8 * _width - 4; shift >= 0; shift -= 4)
        {
            int digit = (int)(bits >> shift & 0xF);
            if (digit > 9) return false;
            digits = 10 * digits + digit;
        }

        return true;
    }

    private static ulong WriteDigits(long digits)
    {
        ulong bits = 0;
        for (int shift = 0; digits > 0; shift += 4, digits /= 10) bits |= (ulong)(digits % 10) << shift;
        return bits;
    }

    /// <summary>Gives the double that reads like the float: 230.1, not 230.10000610351562.</summary>
    private static double ShortestDouble(float value)
    {
        Span<char> text = stackalloc char[32];
        return value.TryFormat(text, out int written, "R", CultureInfo.InvariantCulture)
            ? double.Parse(text[..written], NumberStyles.Float, CultureInfo.InvariantCulture)
            : value;
    }
}
