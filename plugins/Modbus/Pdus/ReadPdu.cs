using System.Buffers.Binary;

namespace BridgeFramework.Modbus;

/// <summary>The PDUs of functions 01 to 04.</summary>
/// <remarks>Source: MODBUS Application Protocol V1.1b3, sections 6.1 to 6.4.</remarks>
internal static class ReadPdu
{
    public const int MaxBits = 2000;
    public const int MaxRegisters = 125;
    private const int RequestLength = 5;
    private const int AnswerHeadLength = 2;

    /// <summary>Writes a request.</summary>
    /// <returns>Its length.</returns>
    public static int WriteRequest(Span<byte> pdu, FunctionCode function, int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, IsBits(function) ? MaxBits : MaxRegisters);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Tables.Size - count);
        pdu[0] = (byte)function;
        BinaryPrimitives.WriteUInt16BigEndian(pdu[1..], (ushort)start);
        BinaryPrimitives.WriteUInt16BigEndian(pdu[3..], (ushort)count);
        return RequestLength;
    }

    /// <summary>Gives the data of an answer to exactly this request.</summary>
    /// <returns><see langword="false"/> where it is not one: wrong function, wrong length, or a byte count that belies it.</returns>
    public static bool TryReadAnswer(ReadOnlySpan<byte> pdu, FunctionCode function, int count, out ReadOnlySpan<byte> data)
    {
        data = default;
        int bytes = IsBits(function) ? (count + 7) / 8 : 2 * count;
        if (pdu.Length != AnswerHeadLength + bytes || pdu[0] != (byte)function || pdu[1] != bytes) return false;
        data = pdu[AnswerHeadLength..];
        return true;
    }

    private static bool IsBits(FunctionCode function) => function is FunctionCode.ReadCoils or FunctionCode.ReadDiscreteInputs;
}
