using System.Buffers.Binary;
using System.Text;

namespace BridgeFramework.DeviceSimulators;

/// <summary>
/// The 16-bit registers of one table. Only registers that were set exist; every other address is a hole that a master
/// gets exception 02 for. Safe to use from any thread; a value over several registers is never seen half changed.
/// </summary>
public sealed class RegisterTable
{
    private readonly ModbusUnit _unit;
    private readonly Dictionary<int, ushort> _registers = [];
    private readonly List<(int Address, int Count, Action Happened)> _afterRead = [];

    internal RegisterTable(ModbusUnit unit) => _unit = unit;

    /// <summary>Sets an unsigned 16-bit value.</summary>
    public void SetUInt16(int address, ushort value, RegisterOrder order = RegisterOrder.Abcd)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        SetValue(address, bytes, order);
    }

    /// <summary>Sets a signed 16-bit value.</summary>
    public void SetInt16(int address, short value, RegisterOrder order = RegisterOrder.Abcd) => SetUInt16(address, (ushort)value, order);

    /// <summary>Sets an unsigned 32-bit value over two registers.</summary>
    public void SetUInt32(int address, uint value, RegisterOrder order = RegisterOrder.Abcd)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        SetValue(address, bytes, order);
    }

    /// <summary>Sets a signed 32-bit value over two registers.</summary>
    public void SetInt32(int address, int value, RegisterOrder order = RegisterOrder.Abcd) => SetUInt32(address, (uint)value, order);

    /// <summary>Sets an unsigned 64-bit value over four registers.</summary>
    public void SetUInt64(int address, ulong value, RegisterOrder order = RegisterOrder.Abcd)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        SetValue(address, bytes, order);
    }

    /// <summary>Sets a signed 64-bit value over four registers.</summary>
    public void SetInt64(int address, long value, RegisterOrder order = RegisterOrder.Abcd) => SetUInt64(address, (ulong)value, order);

    /// <summary>Sets an IEEE 754 single over two registers.</summary>
    public void SetFloat32(int address, float value, RegisterOrder order = RegisterOrder.Abcd) =>
        SetUInt32(address, BitConverter.SingleToUInt32Bits(value), order);

    /// <summary>Sets an IEEE 754 double over four registers.</summary>
    public void SetFloat64(int address, double value, RegisterOrder order = RegisterOrder.Abcd) =>
        SetUInt64(address, BitConverter.DoubleToUInt64Bits(value), order);

    /// <summary>Sets a Latin-1 text, two characters a register, filled up with NUL.</summary>
    /// <param name="address">The first register.</param>
    /// <param name="value">The text, at most 2 * <paramref name="registers"/> characters.</param>
    /// <param name="registers">How many registers it takes, 1..125.</param>
    public void SetString(int address, string value, int registers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(registers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(registers, 125);
        if (value.Length > 2 * registers)
            throw new ArgumentException(
                $"'{value}' has {value.Length} characters; {registers} registers hold {2 * registers}.", nameof(value));
        Span<byte> bytes = stackalloc byte[2 * registers];
        bytes.Clear();
        Encoding.Latin1.GetBytes(value, bytes);
        SetValue(address, bytes, RegisterOrder.Abcd);
    }

    /// <summary>Reads an unsigned 16-bit value.</summary>
    public ushort GetUInt16(int address, RegisterOrder order = RegisterOrder.Abcd)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        GetValue(address, bytes, order);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    /// <summary>Reads a signed 16-bit value.</summary>
    public short GetInt16(int address, RegisterOrder order = RegisterOrder.Abcd) => (short)GetUInt16(address, order);

    /// <summary>Reads an unsigned 32-bit value.</summary>
    public uint GetUInt32(int address, RegisterOrder order = RegisterOrder.Abcd)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        GetValue(address, bytes, order);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <summary>Reads a signed 32-bit value.</summary>
    public int GetInt32(int address, RegisterOrder order = RegisterOrder.Abcd) => (int)GetUInt32(address, order);

    /// <summary>Reads an unsigned 64-bit value.</summary>
    public ulong GetUInt64(int address, RegisterOrder order = RegisterOrder.Abcd)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        GetValue(address, bytes, order);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>Reads a signed 64-bit value.</summary>
    public long GetInt64(int address, RegisterOrder order = RegisterOrder.Abcd) => (long)GetUInt64(address, order);

    /// <summary>Reads an IEEE 754 single.</summary>
    public float GetFloat32(int address, RegisterOrder order = RegisterOrder.Abcd) =>
        BitConverter.UInt32BitsToSingle(GetUInt32(address, order));

    /// <summary>Reads an IEEE 754 double.</summary>
    public double GetFloat64(int address, RegisterOrder order = RegisterOrder.Abcd) =>
        BitConverter.UInt64BitsToDouble(GetUInt64(address, order));

    /// <summary>Reads a Latin-1 text up to its first NUL.</summary>
    /// <param name="address">The first register.</param>
    /// <param name="registers">How many registers it takes, 1..125.</param>
    public string GetString(int address, int registers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(registers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(registers, 125);
        Span<byte> bytes = stackalloc byte[2 * registers];
        GetValue(address, bytes, RegisterOrder.Abcd);
        int end = bytes.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>Makes a hole: the registers exist no more.</summary>
    public void Remove(int address, int count)
    {
        CheckRange(address, count);
        lock (_unit.Lock)
        {
            for (int i = 0; i < count; i++) _registers.Remove(address + i);
        }
    }

    /// <summary>Calls back after each request that read all registers of a range.</summary>
    /// <param name="address">The first register.</param>
    /// <param name="count">How many registers.</param>
    /// <param name="happened">Runs under the unit's lock: it must be quick and touch this unit only.</param>
    public void AfterRead(int address, int count, Action happened)
    {
        CheckRange(address, count);
        lock (_unit.Lock) _afterRead.Add((address, count, happened));
    }

    /// <summary>A request read a range. The caller holds the unit's lock.</summary>
    internal void NoteRead(int address, int count)
    {
        foreach (var range in _afterRead)
            if (range.Address >= address && range.Address + range.Count <= address + count) range.Happened();
    }

    /// <summary>Copies the wire form of a range. The caller holds the unit's lock.</summary>
    /// <returns>False, and nothing of use in <paramref name="destination"/>, when the range touches a hole.</returns>
    internal bool TryRead(int address, Span<byte> destination)
    {
        for (int i = 0; i < destination.Length / 2; i++)
        {
            if (!_registers.TryGetValue(address + i, out ushort value)) return false;
            BinaryPrimitives.WriteUInt16BigEndian(destination[(2 * i)..], value);
        }
        return true;
    }

    /// <summary>Takes the wire form of a range. The caller holds the unit's lock.</summary>
    /// <returns>False, and nothing changed, when the range touches a hole.</returns>
    internal bool TryWrite(int address, ReadOnlySpan<byte> source)
    {
        int count = source.Length / 2;
        for (int i = 0; i < count; i++)
            if (!_registers.ContainsKey(address + i)) return false;
        for (int i = 0; i < count; i++)
            _registers[address + i] = BinaryPrimitives.ReadUInt16BigEndian(source[(2 * i)..]);
        return true;
    }

    private void SetValue(int address, Span<byte> bytes, RegisterOrder order)
    {
        CheckRange(address, bytes.Length / 2);
        Reorder(bytes, order);
        lock (_unit.Lock)
        {
            for (int i = 0; i < bytes.Length / 2; i++)
                _registers[address + i] = BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]);
        }
    }

    private void GetValue(int address, Span<byte> bytes, RegisterOrder order)
    {
        CheckRange(address, bytes.Length / 2);
        lock (_unit.Lock)
        {
            _unit.Refresh();
            if (!TryRead(address, bytes))
                throw new InvalidOperationException(
                    $"Unit {_unit.Id} has no registers {address}..{address + (bytes.Length / 2) - 1}: set them first.");
        }
        Reorder(bytes, order);
    }

    /// <summary>Between the order of the value and that of the wire; the same steps lead both ways.</summary>
    private static void Reorder(Span<byte> bytes, RegisterOrder order)
    {
        if (order is RegisterOrder.Cdab or RegisterOrder.Dcba) bytes.Reverse();
        // Reversing all bytes turned those of each register too, which only Dcba wants.
        if (order is RegisterOrder.Cdab or RegisterOrder.Badc)
            for (int i = 0; i < bytes.Length; i += 2) bytes.Slice(i, 2).Reverse();
    }

    private static void CheckRange(int address, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(address);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (address + count > 65536)
            throw new ArgumentOutOfRangeException(
                nameof(address), address, $"{count} registers from {address} end beyond the last one, 65535.");
    }
}
