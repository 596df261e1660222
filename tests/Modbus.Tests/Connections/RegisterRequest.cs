using System.Buffers.Binary;

namespace BridgeFramework.Modbus.Tests;

/// <summary>Reads one holding register.</summary>
internal sealed class RegisterRequest(int address, byte unit = 1) : ModbusRequest
{
    public int Value { get; private set; } = -1;

    public override byte Unit => unit;

    public override FunctionCode Function => FunctionCode.ReadHoldingRegisters;

    public override int WritePdu(Span<byte> pdu) => ReadPdu.WriteRequest(pdu, Function, address, 1);

    public override bool IsAnswer(ReadOnlySpan<byte> pdu) => ReadPdu.TryReadAnswer(pdu, Function, 1, out _);

    public override void Accept(ReadOnlySpan<byte> pdu)
    {
        Assert.True(ReadPdu.TryReadAnswer(pdu, Function, 1, out var data));
        Value = BinaryPrimitives.ReadUInt16BigEndian(data);
    }
}
