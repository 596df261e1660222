using BridgeFramework.Drivers;

namespace BridgeFramework.Modbus;

/// <summary>A sub-device at work: its points, its groups, and whether it answers.</summary>
internal sealed class PolledUnit
{
    private readonly Dictionary<PointDefinition, MappedPoint> _points = new(ReferenceEqualityComparer.Instance);
    private volatile bool _isHeld;

    /// <exception cref="ArgumentException">A point's <c>at</c> has a mistake.</exception>
    public PolledUnit(SubDevice device, ModbusChannelSettings channel)
    {
        Device = device;
        Settings = device.SettingsAs<ModbusDeviceSettings>();
        Limits = new BlockLimits(
            Settings.MaxBlock ?? channel.MaxBlock, Settings.MaxGap ?? channel.MaxGap, channel.MaxBitBlock, channel.MaxBitGap);
        foreach (var point in device.Points) _points.Add(point, new MappedPoint(point));
        Groups =
        [
            .. _points.Values
                .Where(p => p.Definition.Access != PointAccess.Write)
                .GroupBy(p => p.Definition.Interval)
                .Select(g => new PollGroup(this, g.Key, new ReadPlan(UnitId, [.. g], Limits))),
        ];
        Health = new UnitHealth(Settings.OfflineAfter, UnitHealth.DefaultProbes);
    }

    public SubDevice Device { get; }

    public ModbusDeviceSettings Settings { get; }

    public BlockLimits Limits { get; }

    public byte UnitId => (byte)Settings.UnitId;

    public IReadOnlyList<PollGroup> Groups { get; }

    public UnitHealth Health { get; }

    /// <summary>What was last said of its presence.</summary>
    public Presence Presence { get; set; }

    /// <summary>Whether it is left alone by polls, because it is given firmware; what it does then says nothing of its presence.</summary>
    public bool IsHeld
    {
        get => _isHeld;
        set => _isHeld = value;
    }

    /// <summary>The group that is polled to see whether the unit is back: the one with the shortest first request.</summary>
    public PollGroup? ProbeGroup => Groups.MinBy(g => g.Plan.Blocks[0].Count);

    public MappedPoint Map(PointDefinition point) =>
        _points.TryGetValue(point, out var mapped) ? mapped
            : throw new ArgumentException($"Point '{point}' is not of {Device}.", nameof(point));
}

/// <summary>The points of a unit that are polled together, at one interval.</summary>
internal sealed class PollGroup(PolledUnit unit, TimeSpan interval, ReadPlan plan)
{
    public PolledUnit Unit => unit;

    public TimeSpan Interval => interval;

    public ReadPlan Plan => plan;

    /// <summary>Where the round stands; not 0 only between a lost request and its repetition.</summary>
    public int NextBlock { get; set; }

    /// <summary>Whether a request of this round was repeated.</summary>
    public bool Repeated { get; set; }
}
