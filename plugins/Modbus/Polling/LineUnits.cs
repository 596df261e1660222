using System.Collections.Immutable;

namespace BridgeFramework.Modbus;

/// <summary>The units of a line as they are now. Safe to use from any thread, but one caller at a time changes them.</summary>
internal sealed class LineUnits(ModbusChannelSettings settings)
{
    private volatile ImmutableDictionary<SubDevice, PolledUnit> _units =
        ImmutableDictionary.Create<SubDevice, PolledUnit>(ReferenceEqualityComparer.Instance);

    /// <summary>The units that there are now.</summary>
    public IEnumerable<PolledUnit> All => _units.Values;

    /// <summary>Gives the unit of a sub-device; <see langword="null"/> where that was removed or replaced.</summary>
    public PolledUnit? Find(SubDevice device) => _units.GetValueOrDefault(device);

    /// <summary>Sets a unit up and has it known.</summary>
    /// <param name="device">Its sub-device.</param>
    /// <param name="before">The unit that it replaces. Where that is the same one on the line, how it stands is kept.</param>
    /// <exception cref="DriverException">The sub-device is configured wrongly; not transient.</exception>
    public PolledUnit Add(SubDevice device, PolledUnit? before = null)
    {
        var unit = Open(device, before);
        unit.Standing.Become(unit);
        _units = _units.Add(device, unit);
        if (before is not null) Remove(before);
        return unit;
    }

    /// <summary>Forgets a unit.</summary>
    public void Remove(PolledUnit unit)
    {
        if (unit.Standing.Unit == unit) unit.Standing.Become(null);
        _units = _units.Remove(unit.Device);
    }

    private PolledUnit Open(SubDevice device, PolledUnit? before)
    {
        try
        {
            return new PolledUnit(device, settings, before);
        }
        catch (ArgumentException e)
        {
            throw new DriverException($"{device} is configured wrongly. {e.Message}", e) { IsTransient = false };
        }
    }
}
