using System.Buffers;
using System.Buffers.Binary;

namespace BridgeFramework.Modbus;

/// <summary>A view over one Modbus TCP frame; valid while the buffer it was read from is.</summary>
/// <remarks>Source: MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 3.1.3 (MBAP header).</remarks>
internal readonly ref struct ModbusTcpFrame
{
    public const int HeaderLength = 7;
    public const int MaxPduLength = 253;
    public const int MaxLength = HeaderLength + MaxPduLength;

    /// <summary>The length field counts the unit id and the PDU; a PDU has a function code and at least one byte more.</summary>
    private const int MinLengthField = 3;
    private const int MaxLengthField = MaxPduLength + 1;
    private const int LengthFieldEnd = 6;
    private readonly ReadOnlySpan<byte> _bytes;

    private ModbusTcpFrame(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public ushort TransactionId => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    public byte Unit => _bytes[LengthFieldEnd];

    public ReadOnlySpan<byte> Pdu => _bytes[HeaderLength..];

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Reads one frame off the front of <paramref name="buffer"/>; never throws on any input.</summary>
    /// <returns><see cref="OperationStatus.InvalidData"/> means framing is lost: close the connection.</returns>
    public static OperationStatus TryRead(ReadOnlySpan<byte> buffer, out ModbusTcpFrame frame, out int consumed)
    {
        frame = default;
        consumed = 0;
        if (buffer.Length < LengthFieldEnd) return OperationStatus.NeedMoreData;
        // Checked before it is trusted: a peer that claims 65535 must not make us wait for 65535 bytes.
        int protocol = BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(buffer[4..]);
        if (protocol != 0 || length is < MinLengthField or > MaxLengthField) return OperationStatus.InvalidData;
        int total = LengthFieldEnd + length;
        if (buffer.Length < total) return OperationStatus.NeedMoreData;
        frame = new ModbusTcpFrame(buffer[..total]);
        consumed = total;
        return OperationStatus.Done;
    }

    /// <summary>Writes the header before a PDU that stands at <see cref="HeaderLength"/> of <paramref name="buffer"/>.</summary>
    /// <returns>The length of the frame.</returns>
    public static int WriteHeader(Span<byte> buffer, ushort transactionId, byte unit, int pduLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pduLength, MaxPduLength);
        BinaryPrimitives.WriteUInt16BigEndian(buffer, transactionId);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[4..], (ushort)(pduLength + 1));
        buffer[LengthFieldEnd] = unit;
        return HeaderLength + pduLength;
    }
}
