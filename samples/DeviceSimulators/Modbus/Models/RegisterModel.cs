namespace BridgeFramework.DeviceSimulators;

/// <summary>
/// A number in registers that stands still or moves: value + perUnit * unit id + swing * sin(2 pi t / period) + perHour * t
/// + perRead * reads before, in the numbers of the registers (no scale).
/// </summary>
public sealed record RegisterModel
{
    /// <summary>The first register, 0..65535.</summary>
    public required ushort Address { get; init; }

    /// <summary>How it lies in registers; integers are rounded and held within their range.</summary>
    public required RegisterType Type { get; init; }

    /// <summary>The order of bytes on the wire.</summary>
    public RegisterOrder Order { get; set; }

    /// <summary>The value to begin with.</summary>
    public double Value { get; set; }

    /// <summary>Added once for each count of the unit id, so that units differ.</summary>
    public double PerUnit { get; set; }

    /// <summary>How far it swings to each side; 0 does not.</summary>
    public double Swing { get; set; }

    /// <summary>Seconds of one swing, above 0.</summary>
    public double PeriodSeconds { get; set; } = 60;

    /// <summary>Added evenly in each hour.</summary>
    public double PerHour { get; set; }

    /// <summary>Added after each request of function code 03 or 04 that reads all of its registers: no two
    /// reads get the same, and none is lost unseen.</summary>
    public double PerRead { get; set; }

    private bool Moves => Swing != 0 || PerHour != 0;

    internal void Check(string units)
    {
        if (!(PeriodSeconds > 0))
            throw new FormatException($"units {units}, address {Address}: \"periodSeconds\": {PeriodSeconds}: expected more than 0.");
        if (Address + Registers > 65536)
            throw new FormatException($"units {units}, address {Address}: {Type} takes {Registers} registers and ends beyond 65535.");
    }

    internal void ApplyTo(ModbusUnit unit, RegisterTable table)
    {
        double read = 0;
        if (Moves) unit.Live((owner, elapsed) => Set(table, read + At(owner.Id, elapsed)));
        else Set(table, At(unit.Id, TimeSpan.Zero));
        if (PerRead == 0) return;
        table.AfterRead(Address, Registers, () =>
        {
            read += PerRead;
            if (!Moves) Set(table, read + At(unit.Id, TimeSpan.Zero));
        });
    }

    internal double At(byte unit, TimeSpan elapsed) =>
        Value + (PerUnit * unit) + (Swing * Math.Sin(2 * Math.PI * elapsed.TotalSeconds / PeriodSeconds)) + (PerHour * elapsed.TotalHours);

    private int Registers => Type switch
    {
        RegisterType.Int16 or RegisterType.UInt16 => 1,
        RegisterType.Int32 or RegisterType.UInt32 or RegisterType.Float32 => 2,
        _ => 4,
    };

    private void Set(RegisterTable table, double value)
    {
        // Conversions from double to integer types saturate.
        double rounded = Math.Round(value, MidpointRounding.AwayFromZero);
        switch (Type)
        {
            case RegisterType.Int16: table.SetInt16(Address, (short)Math.Clamp(rounded, short.MinValue, short.MaxValue), Order); break;
            case RegisterType.UInt16: table.SetUInt16(Address, (ushort)Math.Clamp(rounded, 0, ushort.MaxValue), Order); break;
            case RegisterType.Int32: table.SetInt32(Address, (int)rounded, Order); break;
            case RegisterType.UInt32: table.SetUInt32(Address, (uint)rounded, Order); break;
            case RegisterType.Int64: table.SetInt64(Address, (long)rounded, Order); break;
            case RegisterType.UInt64: table.SetUInt64(Address, (ulong)rounded, Order); break;
            case RegisterType.Float32: table.SetFloat32(Address, (float)value, Order); break;
            case RegisterType.Float64: table.SetFloat64(Address, value, Order); break;
            default: throw new InvalidOperationException($"Unknown register type {Type}.");
        }
    }
}
