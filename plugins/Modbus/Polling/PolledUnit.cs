namespace BridgeFramework.Modbus;

/// <summary>A sub-device at work, as it is configured: its points and its groups. A change makes another one of it.</summary>
internal sealed class PolledUnit
{
    private readonly Dictionary<PointDefinition, MappedPoint> _points = new(ReferenceEqualityComparer.Instance);

    /// <param name="device">The sub-device.</param>
    /// <param name="channel">The settings of the line.</param>
    /// <param name="before">What it was before a change.</param>
    /// <exception cref="ArgumentException">A point's <c>at</c> has a mistake.</exception>
    public PolledUnit(SubDevice device, ModbusChannelSettings channel, PolledUnit? before)
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
        // Of another unit of the line nothing is known yet.
        Standing = before?.UnitId == UnitId ? before.Standing : new UnitStanding(Settings.OfflineAfter);
    }

    public SubDevice Device { get; }

    public ModbusDeviceSettings Settings { get; }

    public BlockLimits Limits { get; }

    public byte UnitId => (byte)Settings.UnitId;

    public IReadOnlyList<PollGroup> Groups { get; }

    public UnitStanding Standing { get; }

    /// <summary>Whether it has left, or is another one by now: what it still does is for nobody.</summary>
    public bool IsOver => Standing.Unit != this;

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
