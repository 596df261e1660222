using System.Buffers.Binary;
using BridgeFramework.Drivers;

namespace BridgeFramework.Modbus;

/// <summary>Writes points of units, ahead of polls.</summary>
/// <param name="line">The line.</param>
/// <param name="settings">Its settings.</param>
/// <param name="time">The clock.</param>
internal sealed class PointWriter(ModbusLine line, ModbusChannelSettings settings, TimeProvider time) : IDisposable
{
    private static readonly Backoff BusyRetries = new() { First = TimeSpan.FromSeconds(0.1), Max = TimeSpan.FromSeconds(1.6), Jitter = 0 };
    private const int MaxBusyRetries = 5;

    // Changing a bit by reading and writing its register must not meet another such change.
    private readonly SemaphoreSlim _registerChange = new(1);

    /// <inheritdoc/>
    public void Dispose() => _registerChange.Dispose();

    /// <summary>Writes one point.</summary>
    /// <returns>The outcome of the request, or why the value was not sent at all.</returns>
    public async Task<(ModbusOutcome Outcome, string? Refusal)> WriteAsync(
        PolledUnit unit, MappedPoint point, Variant value, CancellationToken cancellationToken)
    {
        if (!point.Table.IsWritable()) return (default, $"{point} cannot be written: {point.Table.Noun()}s are read-only.");
        if (point.Table == Table.Coil)
        {
            if (!FlagCodec.TryReadFlag(value, out bool on)) return (default, FlagCodec.Refusal(value));
            byte[] pdu = unit.Settings.WriteFunction == WriteFunction.Multiple
                ? WritePdu.MultipleCoils(point.Start, on)
                : WritePdu.SingleCoil(point.Start, on);
            return (await SendAsync(unit, pdu, cancellationToken), null);
        }

        if (point.Count > WritePdu.MaxRegisters)
            return (default, $"{point} is too long to be written: {point.Count} registers, at most {WritePdu.MaxRegisters}.");
        var registers = new byte[2 * point.Count];
        if (point.Encode(value, registers) is { } refusal) return (default, $"{point}: {refusal}");
        return (point.At.Bit is { } bit
            ? await WriteBitAsync(unit, point.Start, bit, registers[0] != 0 || registers[1] != 0, cancellationToken)
            : await SendAsync(unit, RegistersPdu(unit, point.Start, registers), cancellationToken), null);
    }

    private static byte[] RegistersPdu(PolledUnit unit, int start, byte[] registers) =>
        registers.Length == 2 && unit.Settings.WriteFunction == WriteFunction.Auto
            ? WritePdu.SingleRegister(start, BinaryPrimitives.ReadUInt16BigEndian(registers))
            : WritePdu.MultipleRegisters(start, registers);

    private async Task<ModbusOutcome> WriteBitAsync(PolledUnit unit, int register, int bit, bool on, CancellationToken cancellationToken)
    {
        ushort mask = (ushort)(1 << bit);
        if (unit.Settings.BitWrite == BitWrite.Auto)
        {
            var outcome = await SendAsync(unit, WritePdu.MaskWrite(register, (ushort)~mask, on ? mask : (ushort)0), cancellationToken);
            if (outcome != new ModbusOutcome(OutcomeKind.Refused, ExceptionCode.IllegalFunction)) return outcome;
        }

        await _registerChange.WaitAsync(cancellationToken);
        try
        {
            var read = new RegisterRead(unit.UnitId, register);
            var outcome = await line.ExecuteAsync(read, BusPriority.Command, cancellationToken);
            if (!outcome.IsDone) return outcome;
            var changed = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(changed, (ushort)(on ? read.Value | mask : read.Value & ~mask));
            return await SendAsync(unit, RegistersPdu(unit, register, changed), cancellationToken);
        }
        finally
        {
            _registerChange.Release();
        }
    }

    /// <summary>Sends a write once; only a unit that says it is busy, and so has not written, is asked again.</summary>
    private async Task<ModbusOutcome> SendAsync(PolledUnit unit, byte[] pdu, CancellationToken cancellationToken)
    {
        var request = new EchoedWrite(unit.UnitId, pdu, unit.Settings.LenientWriteEcho);
        for (int busy = 1; ; busy++)
        {
            var outcome = await line.ExecuteAsync(request, BusPriority.Command, cancellationToken);
            if (outcome.Exception != ExceptionCode.ServerDeviceBusy || busy > MaxBusyRetries) return outcome;
            await Task.Delay(BusyRetries.For(busy), time, cancellationToken);
        }
    }

    /// <summary>Says in one sentence what went wrong with a request to a unit.</summary>
    public string Explain(PolledUnit unit, MappedPoint point, ModbusOutcome outcome) => outcome.Kind switch
    {
        OutcomeKind.Refused => $"Unit {unit.UnitId} at {line.Endpoint} refused {point}: {outcome.Exception.Describe()}.",
        OutcomeKind.LinkDown => $"The line to {line.Endpoint} is down: {line.DownReason ?? "no connection."}",
        OutcomeKind.LinkLost => $"The connection to {line.Endpoint} was lost while unit {unit.UnitId} was asked for {point}.",
        _ => $"Unit {unit.UnitId} at {line.Endpoint} did not answer for {point} within {settings.ResponseTimeout.TotalSeconds:0.###} s: "
            + "check unit id, wiring and power.",
    };

    private sealed class RegisterRead(byte unit, int register) : ModbusRequest
    {
        public ushort Value { get; private set; }

        public override byte Unit => unit;

        public override FunctionCode Function => FunctionCode.ReadHoldingRegisters;

        public override int WritePdu(Span<byte> pdu) => ReadPdu.WriteRequest(pdu, Function, register, 1);

        public override bool IsAnswer(ReadOnlySpan<byte> pdu) => ReadPdu.TryReadAnswer(pdu, Function, 1, out _);

        public override void Accept(ReadOnlySpan<byte> pdu)
        {
            if (ReadPdu.TryReadAnswer(pdu, Function, 1, out var data)) Value = BinaryPrimitives.ReadUInt16BigEndian(data);
        }
    }
}
