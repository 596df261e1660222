using System.Buffers;
using System.Buffers.Binary;

namespace BridgeFramework.DeviceSimulators;

/// <summary>The header in front of every PDU on TCP: transaction id, protocol 0, length of what follows, unit.</summary>
/// <remarks>Source: MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 3.1.3.</remarks>
internal readonly record struct Mbap(ushort TransactionId, byte Unit, int PduLength)
{
    public const int Length = 7;
    public const int MaxPduLength = 253;
    public const int MaxAduLength = Length + MaxPduLength;

    public int AduLength => Length + PduLength;

    /// <summary>Reads the header of a whole frame off the front of a buffer.</summary>
    /// <returns><see cref="OperationStatus.InvalidData"/>: this is not Modbus TCP, or framing is lost.</returns>
    public static OperationStatus TryRead(ReadOnlySpan<byte> buffer, out Mbap header)
    {
        header = default;
        if (buffer.Length < Length) return OperationStatus.NeedMoreData;
        int length = BinaryPrimitives.ReadUInt16BigEndian(buffer[4..]);
        if (BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]) != 0 || length is < 2 or > MaxPduLength + 1)
            return OperationStatus.InvalidData;
        if (buffer.Length < 6 + length) return OperationStatus.NeedMoreData;
        header = new Mbap(BinaryPrimitives.ReadUInt16BigEndian(buffer), buffer[6], length - 1);
        return OperationStatus.Done;
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, TransactionId);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], (ushort)(PduLength + 1));
        destination[6] = Unit;
    }
}
