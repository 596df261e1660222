using System.Text;

namespace BridgeFramework.Modbus;

/// <summary>Text in registers, two bytes a register; it ends at the first NUL, trailing blanks are not part of it.</summary>
/// <param name="encoding">The encoding.</param>
/// <param name="order">Which byte of a register comes first.</param>
internal sealed class TextCodec(Encoding encoding, string order) : PointCodec
{
    private readonly bool _swapped = order is "BADC" or "DCBA" or "BA";

    public override Quality Decode(ReadOnlySpan<byte> registers, out Variant value)
    {
        Span<byte> text = stackalloc byte[2 * ReadPdu.MaxRegisters];
        text = text[..registers.Length];
        Copy(registers, text);
        int end = text.IndexOf((byte)0);
        if (end >= 0) text = text[..end];
        value = Variant.From(encoding.GetString(text.TrimEnd((byte)' ')));
        return Quality.Good;
    }

    public override string? Encode(Variant value, Span<byte> registers)
    {
        if (value.Kind != VariantKind.Text) return $"{PointText.Show(value)} is no text.";
        string text = value.AsText();
        // At most one byte a character is not sure, but a text of more characters than bytes never fits.
        if (text.Length > registers.Length || encoding.GetByteCount(text) > registers.Length)
            return $"{PointText.Show(value)} is too long: at most {registers.Length} bytes in {encoding.WebName}.";
        Span<byte> bytes = stackalloc byte[2 * ReadPdu.MaxRegisters];
        bytes = bytes[..registers.Length];
        bytes.Clear();
        encoding.GetBytes(text, bytes);
        Copy(bytes, registers);
        return null;
    }

    private void Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        if (!_swapped) return;
        for (int i = 0; i + 1 < to.Length; i += 2) (to[i], to[i + 1]) = (to[i + 1], to[i]);
    }
}
