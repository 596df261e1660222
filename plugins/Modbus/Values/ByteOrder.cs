using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Modbus;

/// <summary>The order of a value's bytes on the wire.</summary>
internal sealed class ByteOrder
{
    public const string Expected = "expected ABCD, CDAB, BADC or DCBA, or every byte of the value named once, A being the most significant";
    private readonly byte[] _positions;

    private ByteOrder(byte[] positions)
    {
        _positions = positions;
        IsBigEndian = positions.Zip(positions.Skip(1)).All(pair => pair.First < pair.Second);
    }

    /// <summary>Whether the bytes come as the protocol would have them.</summary>
    public bool IsBigEndian { get; }

    /// <summary>Reads an order.</summary>
    /// <param name="text">One of the four names, which fit values of any width, or one letter for each byte
    /// as it comes on the wire.</param>
    /// <param name="width">The number of bytes of the value: 2, 4 or 8.</param>
    /// <param name="order">The order.</param>
    public static bool TryParse(string text, int width, [NotNullWhen(true)] out ByteOrder? order)
    {
        order = text switch
        {
            "ABCD" => Swapped(width, words: false, bytes: false),
            "CDAB" => Swapped(width, words: true, bytes: false),
            "BADC" => Swapped(width, words: false, bytes: true),
            "DCBA" => Swapped(width, words: true, bytes: true),
            _ => null,
        };
        if (order is not null) return true;
        if (text.Length != width) return false;
        var positions = new byte[width];
        int seen = 0;
        for (int i = 0; i < width; i++)
        {
            int position = text[i] - 'A';
            if (position < 0 || position >= width) return false;
            seen |= 1 << position;
            positions[i] = (byte)position;
        }

        if (seen != (1 << width) - 1) return false;
        order = new ByteOrder(positions);
        return true;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="ArgumentException">It is no order of so many bytes.</exception>
    public static ByteOrder Parse(string text, int width) =>
        TryParse(text, width, out var order)
            ? order
            : throw new ArgumentException($"'{text}' is no order of {width} bytes: {Expected}.", nameof(text));

    /// <summary>Brings bytes from the wire into big-endian order.</summary>
    public void FromWire(ReadOnlySpan<byte> wire, Span<byte> value)
    {
        for (int i = 0; i < _positions.Length; i++) value[_positions[i]] = wire[i];
    }

    /// <summary>Brings big-endian bytes into the order on the wire.</summary>
    public void ToWire(ReadOnlySpan<byte> value, Span<byte> wire)
    {
        for (int i = 0; i < _positions.Length; i++) wire[i] = value[_positions[i]];
    }

    private static ByteOrder Swapped(int width, bool words, bool bytes)
    {
        var positions = new byte[width];
        for (int i = 0; i < width; i++)
        {
            int word = words ? width / 2 - 1 - i / 2 : i / 2;
            positions[i] = (byte)(2 * word + (bytes ? 1 - i % 2 : i % 2));
        }

        return new ByteOrder(positions);
    }
}
