using System.Buffers.Binary;
using System.IO.Hashing;

namespace BridgeFramework.Outbox;

/// <summary>The unit of a segment: bytes that are there as a whole or not at all.</summary>
/// <remarks>Layout, little-endian: length of the body (3 bytes), mark 0xB5, CRC-32 of the body (4), body. A body begins with its
/// <see cref="FrameKind"/>; numbers in it are LEB128.</remarks>
internal static class Frame
{
    public const int HeaderLength = 8;
    public const int MaxBody = 0xFFFFFF;
    private const uint Mark = 0xB5u << 24;

    /// <summary>Writes the header in front of a body that is in place.</summary>
    public static void Seal(Span<byte> frame)
    {
        var body = frame[HeaderLength..];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Mark | (uint)body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Crc32.HashToUInt32(body));
    }

    /// <summary>How long a frame is that seems to begin here; 0 if none does.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength) return 0;
        uint head = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return (head & ~(uint)MaxBody) == Mark ? HeaderLength + (int)(head & MaxBody) : 0;
    }

    /// <summary>Whether a frame begins here, whole and undamaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> body)
    {
        body = default;
        int length = LengthOf(bytes);
        if (length <= HeaderLength || length > bytes.Length) return false;
        body = bytes[HeaderLength..length];
        return Crc32.HashToUInt32(body) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
    }
}
