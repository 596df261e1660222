namespace BridgeFramework.Modbus;

/// <summary>Registers as they are; written from bytes or from hexadecimal digits.</summary>
internal sealed class BytesCodec : PointCodec
{
    public override Quality Decode(ReadOnlySpan<byte> registers, out Variant value)
    {
        value = Variant.From(registers.ToArray());
        return Quality.Good;
    }

    public override string? Encode(Variant value, Span<byte> registers)
    {
        if (value.Kind == VariantKind.Bytes && value.AsBytes().Length == registers.Length)
        {
            value.AsBytes().Span.CopyTo(registers);
            return null;
        }

        if (value.Kind == VariantKind.Text && value.AsText().Length == 2 * registers.Length && TryReadHex(value.AsText(), registers))
            return null;
        return $"{PointText.Show(value)} does not fit: expected exactly {registers.Length} bytes, as {2 * registers.Length} hexadecimal "
            + "digits.";
    }

    private static bool TryReadHex(string text, Span<byte> bytes) =>
        Convert.FromHexString(text, bytes, out _, out int written) == System.Buffers.OperationStatus.Done && written == bytes.Length;
}
