namespace BridgeFramework.DeviceSimulators;

/// <summary>A write that a master made and the slave carried out.</summary>
/// <param name="Unit">The unit written to.</param>
/// <param name="Table"><see cref="ModbusTable.Coils"/> or <see cref="ModbusTable.HoldingRegisters"/>.</param>
/// <param name="Address">The first address, 0..65535.</param>
/// <param name="Values">What each address holds since: a register's value, or 0 and 1 for a coil.</param>
public sealed record ModbusWrite(byte Unit, ModbusTable Table, int Address, IReadOnlyList<ushort> Values)
{
    /// <summary>Reads like <c>unit 1 holding 10 = 215 (00D7)</c>.</summary>
    public override string ToString() => Table == ModbusTable.Coils
        ? $"unit {Unit} coil {Address} = {string.Join(' ', Values)}"
        : $"unit {Unit} holding {Address} = {string.Join(' ', Values.Select(value => $"{value} ({value:X4})"))}";
}
