namespace BridgeFramework.Modbus;

/// <summary>A write: a PDU whose answer repeats it.</summary>
/// <param name="unit">The unit.</param>
/// <param name="pdu">The PDU.</param>
/// <param name="lenientEcho">Whether any answer with the right function code counts.</param>
internal sealed class EchoedWrite(byte unit, byte[] pdu, bool lenientEcho) : ModbusRequest
{
    public override byte Unit => unit;

    public override FunctionCode Function => (FunctionCode)pdu[0];

    public override int WritePdu(Span<byte> buffer)
    {
        pdu.CopyTo(buffer);
        return pdu.Length;
    }

    public override bool IsAnswer(ReadOnlySpan<byte> answer) =>
        lenientEcho ? answer[0] == pdu[0] : answer.SequenceEqual(Modbus.WritePdu.Echo(pdu));
}
