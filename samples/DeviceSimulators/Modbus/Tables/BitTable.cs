namespace BridgeFramework.DeviceSimulators;

/// <summary>The bits of one table. Only bits that were set to something exist; every other address is a hole.
/// Safe to use from any thread.</summary>
public sealed class BitTable
{
    private readonly ModbusUnit _unit;
    private readonly Dictionary<int, bool> _bits = [];

    internal BitTable(ModbusUnit unit) => _unit = unit;

    /// <summary>The bit at an address, 0..65535.</summary>
    /// <exception cref="InvalidOperationException">Read, but never set.</exception>
    public bool this[int address]
    {
        get
        {
            CheckAddress(address);
            lock (_unit.Lock)
            {
                _unit.Refresh();
                return _bits.TryGetValue(address, out bool value)
                    ? value
                    : throw new InvalidOperationException($"Unit {_unit.Id} has no bit {address}: set it first.");
            }
        }
        set
        {
            CheckAddress(address);
            lock (_unit.Lock) _bits[address] = value;
        }
    }

    /// <summary>Makes a hole: the bit exists no more.</summary>
    public void Remove(int address)
    {
        CheckAddress(address);
        lock (_unit.Lock) _bits.Remove(address);
    }

    /// <summary>Packs a range as the wire has it, the first bit lowest, the last byte filled with zeros. The
    /// caller holds the unit's lock.</summary>
    /// <returns>False when the range touches a hole.</returns>
    internal bool TryRead(int address, int count, Span<byte> destination)
    {
        destination.Clear();
        for (int i = 0; i < count; i++)
        {
            if (!_bits.TryGetValue(address + i, out bool value)) return false;
            if (value) destination[i / 8] |= (byte)(1 << (i % 8));
        }
        return true;
    }

    /// <summary>Takes packed bits. The caller holds the unit's lock.</summary>
    /// <returns>False, and nothing changed, when the range touches a hole.</returns>
    internal bool TryWrite(int address, int count, ReadOnlySpan<byte> source)
    {
        for (int i = 0; i < count; i++)
            if (!_bits.ContainsKey(address + i)) return false;
        for (int i = 0; i < count; i++)
            _bits[address + i] = (source[i / 8] >> (i % 8) & 1) != 0;
        return true;
    }

    private static void CheckAddress(int address)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(address);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(address, 65535);
    }
}
