namespace BridgeFramework.DeviceSimulators;

/// <summary>A request as it came from a master, before any fault or answer.</summary>
/// <param name="TransactionId">The transaction id of its MBAP header.</param>
/// <param name="Unit">The unit it is for, which need not exist.</param>
/// <param name="Pdu">Function code and data, 1..253 bytes.</param>
public sealed record ModbusRequest(ushort TransactionId, byte Unit, ReadOnlyMemory<byte> Pdu)
{
    /// <summary>The function code.</summary>
    public byte FunctionCode => Pdu.Span[0];

    /// <summary>Reads like <c>#0001 unit 1 03 00 00 00 02</c>.</summary>
    public override string ToString() =>
        $"#{TransactionId:X4} unit {Unit} {string.Join(' ', Pdu.ToArray().Select(octet => octet.ToString("X2")))}";
}
