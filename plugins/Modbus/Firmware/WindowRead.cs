namespace BridgeFramework.Modbus;

/// <summary>Asks a unit for the part of its control window that is read.</summary>
/// <param name="unit">The unit.</param>
/// <param name="window">Where the window begins.</param>
internal sealed class WindowRead(byte unit, int window) : ModbusRequest
{
    /// <summary>The last answer.</summary>
    public WindowStatus Status { get; private set; }

    public override byte Unit => unit;

    public override FunctionCode Function => FunctionCode.ReadHoldingRegisters;

    public override int WritePdu(Span<byte> pdu) =>
        ReadPdu.WriteRequest(pdu, Function, window + ControlWindow.StatusOffset, ControlWindow.StatusRegisters);

    public override bool IsAnswer(ReadOnlySpan<byte> pdu) => ReadPdu.TryReadAnswer(pdu, Function, ControlWindow.StatusRegisters, out _);

    public override void Accept(ReadOnlySpan<byte> pdu)
    {
        if (ReadPdu.TryReadAnswer(pdu, Function, ControlWindow.StatusRegisters, out var data)) Status = WindowStatus.Read(data);
    }
}
