using System.Buffers.Binary;

namespace BridgeFramework.Modbus;

/// <summary>The PDUs of functions 05, 06, 0F, 10 and 16.</summary>
/// <remarks>Source: MODBUS Application Protocol V1.1b3, sections 6.5, 6.6, 6.11, 6.12 and 6.16.</remarks>
internal static class WritePdu
{
    public const int MaxRegisters = 123;
    private const ushort CoilOn = 0xFF00;

    public static byte[] SingleCoil(int address, bool on) => Words(FunctionCode.WriteSingleCoil, address, on ? CoilOn : (ushort)0);

    public static byte[] SingleRegister(int address, ushort value) => Words(FunctionCode.WriteSingleRegister, address, value);

    /// <summary>Function 0F for one coil.</summary>
    public static byte[] MultipleCoils(int address, bool on) =>
        [.. Words(FunctionCode.WriteMultipleCoils, address, 1), 1, on ? (byte)1 : (byte)0];

    /// <summary>Function 10.</summary>
    public static byte[] MultipleRegisters(int address, ReadOnlySpan<byte> registers)
    {
        int count = registers.Length / 2;
        if (count is < 1 or > MaxRegisters)
            throw new ArgumentException($"{count} registers cannot be written at once: 1 to {MaxRegisters}.", nameof(registers));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(address, Tables.Size - count);
        return [.. Words(FunctionCode.WriteMultipleRegisters, address, (ushort)count), (byte)registers.Length, .. registers];
    }

    /// <summary>Function 16: the register becomes (old AND <paramref name="and"/>) OR (<paramref name="or"/> AND NOT
    /// <paramref name="and"/>).</summary>
    public static byte[] MaskWrite(int address, ushort and, ushort or)
    {
        byte[] pdu = [.. Words(FunctionCode.MaskWriteRegister, address, and), 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(pdu.AsSpan(5), or);
        return pdu;
    }

    /// <summary>Gives the bytes of a request that its answer repeats: function, address and count for 0F and 10, else all.</summary>
    public static ReadOnlySpan<byte> Echo(ReadOnlySpan<byte> request) =>
        (FunctionCode)request[0] is FunctionCode.WriteMultipleCoils or FunctionCode.WriteMultipleRegisters ? request[..5] : request;

    private static byte[] Words(FunctionCode function, int address, ushort word)
    {
        var pdu = new byte[5];
        pdu[0] = (byte)function;
        BinaryPrimitives.WriteUInt16BigEndian(pdu.AsSpan(1), (ushort)address);
        BinaryPrimitives.WriteUInt16BigEndian(pdu.AsSpan(3), word);
        return pdu;
    }
}
