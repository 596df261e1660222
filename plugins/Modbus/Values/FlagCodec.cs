using System.Buffers.Binary;

namespace BridgeFramework.Modbus;

/// <summary>A boolean in a register: one bit, or all of it being 0 or not.</summary>
internal sealed class FlagCodec(int? bit) : PointCodec
{
    public override Quality Decode(ReadOnlySpan<byte> registers, out Variant value)
    {
        int register = BinaryPrimitives.ReadUInt16BigEndian(registers);
        value = Variant.From(bit is { } b ? (register >> b & 1) != 0 : register != 0);
        return Quality.Good;
    }

    public override string? Encode(Variant value, Span<byte> registers)
    {
        if (!TryReadFlag(value, out bool on)) return Refusal(value);
        BinaryPrimitives.WriteUInt16BigEndian(registers, (ushort)((on ? 1 : 0) << (bit ?? 0)));
        return null;
    }

    public static bool TryReadFlag(Variant value, out bool on)
    {
        bool isNumber = value.Kind == VariantKind.Integer && value.AsInteger() is 0 or 1;
        on = value.Kind == VariantKind.Boolean ? value.AsBoolean() : isNumber && value.AsInteger() == 1;
        return isNumber || value.Kind == VariantKind.Boolean;
    }

    public static string Refusal(Variant value) => $"{PointText.Show(value)} is no boolean: expected true, false, 1 or 0.";
}
