using System.Buffers.Binary;

namespace BridgeFramework.DeviceSimulators;

/// <summary>
/// One request to one unit and the answer to it. Checks in the order of the specification: the function is known, the
/// fields are in range (exception 03), the addresses exist (exception 02); only then anything changes.
/// </summary>
/// <remarks>Source: MODBUS Application Protocol V1.1b3, section 6.</remarks>
internal ref struct Responder(ModbusUnit unit, ReadOnlySpan<byte> request, Span<byte> answer)
{
    private const byte ExceptionFlag = 0x80;
    private const ushort CoilOn = 0xFF00;

    private readonly ReadOnlySpan<byte> _request = request;
    private readonly Span<byte> _answer = answer;

    /// <summary>What the request changed; null when it only read, or was refused.</summary>
    public ModbusWrite? Write { get; private set; }

    /// <summary>Carries the request out.</summary>
    /// <returns>The length of the answer's PDU, an exception included; 0 for none.</returns>
    public int Answer()
    {
        Outcome outcome;
        lock (unit.Lock)
        {
            if (unit.Firmware is { IsSilent: true }) return 0;
            unit.Refresh();
            outcome = unit.Firmware is { IsBusy: true } ? ModbusExceptionCode.ServerDeviceBusy : Execute();
        }
        if (outcome.Refusal is { } code) return Refuse(_request[0], code, _answer);
        _answer[0] = _request[0];
        return outcome.Length;
    }

    /// <summary>Writes an exception answer.</summary>
    /// <returns>Its length, 2.</returns>
    public static int Refuse(byte functionCode, ModbusExceptionCode code, Span<byte> answer)
    {
        answer[0] = (byte)(functionCode | ExceptionFlag);
        answer[1] = (byte)code;
        return 2;
    }

    private Outcome Execute() => _request[0] switch
    {
        0x01 => ReadBits(unit.Coils),
        0x02 => ReadBits(unit.DiscreteInputs),
        0x03 => ReadRegisters(unit.Holding),
        0x04 => ReadRegisters(unit.Input),
        0x05 => WriteCoil(),
        0x06 => WriteRegister(),
        0x0F => WriteCoils(),
        0x10 => WriteRegisters(),
        FileRecords.FunctionCode => WriteFileRecords(),
        0x16 => MaskWriteRegister(),
        0x17 => ReadWriteRegisters(),
        DeviceIdentification.FunctionCode => DeviceIdentification.Read(unit.Identification, _request, _answer),
        _ => ModbusExceptionCode.IllegalFunction,
    };

    private readonly Outcome ReadBits(BitTable table)
    {
        if (_request.Length != 5 || Field(3) is not (>= 1 and <= 2000)) return ModbusExceptionCode.IllegalDataValue;
        int bytes = (Field(3) + 7) / 8;
        if (!table.TryRead(Field(1), Field(3), _answer.Slice(2, bytes))) return ModbusExceptionCode.IllegalDataAddress;
        _answer[1] = (byte)bytes;
        return 2 + bytes;
    }

    private readonly Outcome ReadRegisters(RegisterTable table)
    {
        if (_request.Length != 5 || Field(3) is not (>= 1 and <= 125)) return ModbusExceptionCode.IllegalDataValue;
        if (table == unit.Holding && FirmwareAt(Field(1), Field(3)) is { } firmware) return ReadWindow(firmware, Field(1), Field(3));
        var outcome = ReadRegisters(table, Field(1), Field(3));
        if (outcome.Refusal is null) table.NoteRead(Field(1), Field(3));
        return outcome;
    }

    private readonly Outcome ReadRegisters(RegisterTable table, int address, int count)
    {
        if (!table.TryRead(address, _answer.Slice(2, 2 * count))) return ModbusExceptionCode.IllegalDataAddress;
        _answer[1] = (byte)(2 * count);
        return 2 + (2 * count);
    }

    private Outcome WriteCoil()
    {
        if (_request.Length != 5 || Field(3) is not (0 or CoilOn)) return ModbusExceptionCode.IllegalDataValue;
        bool on = Field(3) == CoilOn;
        if (!unit.Coils.TryWrite(Field(1), 1, [on ? (byte)1 : (byte)0])) return ModbusExceptionCode.IllegalDataAddress;
        Write = new ModbusWrite(unit.Id, ModbusTable.Coils, Field(1), [on ? (ushort)1 : (ushort)0]);
        return Echo(5);
    }

    private Outcome WriteRegister()
    {
        if (_request.Length != 5) return ModbusExceptionCode.IllegalDataValue;
        if (FirmwareAt(Field(1), 1) is { } firmware) return WriteWindow(firmware, Field(1), _request[3..]);
        return WriteRegisters(Field(1), _request[3..]) ? Echo(5) : ModbusExceptionCode.IllegalDataAddress;
    }

    private Outcome WriteCoils()
    {
        if (_request.Length < 6 || Field(3) is not (>= 1 and <= 1968)) return ModbusExceptionCode.IllegalDataValue;
        (int address, int count, int bytes) = (Field(1), Field(3), _request[5]);
        if (bytes != (count + 7) / 8 || _request.Length != 6 + bytes) return ModbusExceptionCode.IllegalDataValue;
        var bits = _request[6..];
        if (!unit.Coils.TryWrite(address, count, bits)) return ModbusExceptionCode.IllegalDataAddress;
        var values = new ushort[count];
        for (int i = 0; i < count; i++) values[i] = (ushort)(bits[i / 8] >> (i % 8) & 1);
        Write = new ModbusWrite(unit.Id, ModbusTable.Coils, address, values);
        return Echo(5);
    }

    private Outcome WriteRegisters()
    {
        if (_request.Length < 6 || Field(3) is not (>= 1 and <= 123)) return ModbusExceptionCode.IllegalDataValue;
        int bytes = 2 * Field(3);
        if (_request[5] != bytes || _request.Length != 6 + bytes) return ModbusExceptionCode.IllegalDataValue;
        if (FirmwareAt(Field(1), Field(3)) is { } firmware) return WriteWindow(firmware, Field(1), _request[6..]);
        return WriteRegisters(Field(1), _request[6..]) ? Echo(5) : ModbusExceptionCode.IllegalDataAddress;
    }

    private Outcome MaskWriteRegister()
    {
        if (_request.Length != 7) return ModbusExceptionCode.IllegalDataValue;
        Span<byte> register = stackalloc byte[2];
        if (!unit.Holding.TryRead(Field(1), register)) return ModbusExceptionCode.IllegalDataAddress;
        int old = BinaryPrimitives.ReadUInt16BigEndian(register);
        (int and, int or) = (Field(3), Field(5));
        BinaryPrimitives.WriteUInt16BigEndian(register, (ushort)((old & and) | (or & ~and)));
        return WriteRegisters(Field(1), register) ? Echo(7) : ModbusExceptionCode.IllegalDataAddress;
    }

    private Outcome ReadWriteRegisters()
    {
        if (_request.Length < 10 || Field(3) is not (>= 1 and <= 125) || Field(7) is not (>= 1 and <= 121))
            return ModbusExceptionCode.IllegalDataValue;
        int bytes = 2 * Field(7);
        if (_request[9] != bytes || _request.Length != 10 + bytes) return ModbusExceptionCode.IllegalDataValue;
        // The write comes before the read, but a refused request must not have written: look before the leap.
        if (ReadRegisters(unit.Holding, Field(1), Field(3)).Refusal is { } refusal) return refusal;
        return WriteRegisters(Field(5), _request[10..])
            ? ReadRegisters(unit.Holding, Field(1), Field(3))
            : ModbusExceptionCode.IllegalDataAddress;
    }

    private readonly Outcome WriteFileRecords()
    {
        if (unit.Firmware is not { } firmware) return ModbusExceptionCode.IllegalFunction;
        var outcome = firmware.Write(_request);
        return outcome.Length == 0 ? outcome : Echo(outcome.Length);
    }

    private readonly FirmwareSlot? FirmwareAt(int address, int count) =>
        unit.Firmware is { } firmware && ControlWindow.Touches(firmware.Window, address, count) ? firmware : null;

    private readonly Outcome ReadWindow(FirmwareSlot firmware, int address, int count)
    {
        if (!firmware.TryRead(address, _answer.Slice(2, 2 * count))) return ModbusExceptionCode.IllegalDataAddress;
        _answer[1] = (byte)(2 * count);
        return 2 + (2 * count);
    }

    private Outcome WriteWindow(FirmwareSlot firmware, int address, ReadOnlySpan<byte> source)
    {
        // Only from the command on: the rest means something with one.
        if (address != firmware.Window) return ModbusExceptionCode.IllegalDataAddress;
        var outcome = firmware.Command(5, source);
        if (outcome.Refusal is not null) return outcome;
        Note(address, source);
        return Echo(outcome.Length);
    }

    private bool WriteRegisters(int address, scoped ReadOnlySpan<byte> source)
    {
        if (!unit.Holding.TryWrite(address, source)) return false;
        Note(address, source);
        return true;
    }

    private void Note(int address, scoped ReadOnlySpan<byte> source)
    {
        var values = new ushort[source.Length / 2];
        for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadUInt16BigEndian(source[(2 * i)..]);
        Write = new ModbusWrite(unit.Id, ModbusTable.HoldingRegisters, address, values);
    }

    private readonly Outcome Echo(int length)
    {
        _request[..length].CopyTo(_answer);
        return length;
    }

    private readonly int Field(int offset) => BinaryPrimitives.ReadUInt16BigEndian(_request[offset..]);
}
