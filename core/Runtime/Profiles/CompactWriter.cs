using System.Globalization;
using System.Text.Encodings.Web;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>Writes JSON that can be taken back to where it was right before.</summary>
internal sealed class CompactWriter(int capacity = HubPublish.MaxPayloadLength)
{
    private const int LongestNumber = 32;
    private byte[] _bytes = new byte[capacity];

    /// <summary>How much is written. Made less, what is behind is taken back.</summary>
    public int Length { get; set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public CompactWriter Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
        return this;
    }

    public CompactWriter Number(long value)
    {
        value.TryFormat(Room(LongestNumber), out int written, provider: CultureInfo.InvariantCulture);
        Length += written;
        return this;
    }

    public CompactWriter Value(in Variant value)
    {
        switch (value.Kind)
        {
            case VariantKind.None: return Raw("null"u8);
            case VariantKind.Boolean: return Raw(value.AsBoolean() ? "true"u8 : "false"u8);
            case VariantKind.Integer: return Number(value.AsInteger());
            case VariantKind.UnsignedInteger:
                value.AsUnsignedInteger().TryFormat(Room(LongestNumber), out int digits, provider: CultureInfo.InvariantCulture);
                Length += digits;
                return this;
            case VariantKind.Number:
                value.AsNumber().TryFormat(Room(LongestNumber), out int written, provider: CultureInfo.InvariantCulture);
                Length += written;
                return this;
            default: return Text(System.Text.Encoding.UTF8.GetBytes(value.ToString()));
        }
    }

    /// <summary>Letters and digits as they stand.</summary>
    public CompactWriter Ascii(string text)
    {
        Length += System.Text.Encoding.ASCII.GetBytes(text, Room(text.Length));
        return this;
    }

    /// <summary>A text in quotes, escaped.</summary>
    public CompactWriter Text(ReadOnlySpan<byte> utf8)
    {
        Raw("\""u8);
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(utf8, Room(6 * utf8.Length), out _, out int written);
        Length += written;
        return Raw("\""u8);
    }

    private Span<byte> Room(int bytes)
    {
        if (Length + bytes > _bytes.Length) Array.Resize(ref _bytes, Math.Max(Length + bytes, 2 * _bytes.Length));
        return _bytes.AsSpan(Length);
    }
}
