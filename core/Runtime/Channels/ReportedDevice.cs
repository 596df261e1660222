namespace BridgeFramework.Runtime;

/// <summary>The points that a running channel may report for one sub-device.</summary>
internal sealed class ReportedDevice
{
    private readonly Lock _gate = new();
    private Dictionary<PointDefinition, Mark> _points;
    private long _report;
    private Task _command = Task.CompletedTask;

    /// <param name="device">The sub-device.</param>
    /// <param name="source">How its values go to the cloud.</param>
    public ReportedDevice(SubDevice device, UplinkSource source)
    {
        Device = device;
        Source = source;
        Points = device.Points;
        _points = TableOf(device.Points);
        source.SetPoints(device.Points);
    }

    public SubDevice Device { get; }

    /// <summary>How its values go to the cloud.</summary>
    public UplinkSource Source { get; }

    /// <summary>The points in force: configured, or described by the driver.</summary>
    public IReadOnlyList<PointDefinition> Points { get; private set; }

    public void Describe(IReadOnlyList<PointDefinition> points)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var point in points)
            if (!names.Add(point.Name))
                throw new ArgumentException(
                    $"Point '{point.Name}' of {Device} is described twice: names are unique within a sub-device.", nameof(points));
        lock (_gate)
        {
            _points = TableOf(points);
            Points = points;
            Source.SetPoints(points);
        }
    }

    /// <summary>How many of the values, from the first on, name each point once. A set with a point named twice becomes two.</summary>
    /// <exception cref="ArgumentException">A value is of a point that is not this sub-device's.</exception>
    /// <param name="values">What was reported.</param>
    /// <param name="now">The time, as <see cref="TimeProvider.GetTimestamp"/> counts.</param>
    public int CountDistinct(ReadOnlySpan<PointValue> values, long now)
    {
        lock (_gate)
        {
            _report++;
            for (int i = 0; i < values.Length; i++)
            {
                if (values[i].Point is not { } point || !_points.TryGetValue(point, out var mark))
                    throw new ArgumentException(Foreign(values[i]), nameof(values));
                if (mark.Report == _report)
                {
                    // All or nothing: what comes behind must not be refused when this has been taken.
                    foreach (ref readonly var later in values[i..])
                        if (later.Point is null || !_points.ContainsKey(later.Point))
                            throw new ArgumentException(Foreign(later), nameof(values));
                    return i;
                }

                (mark.Report, mark.ReportedAt, mark.IsGood) = (_report, now, values[i].Quality == Quality.Good);
            }

            return values.Length;
        }
    }

    private string Foreign(in PointValue value) =>
        $"Point '{value.Point?.Name}' is not one of {Device}: report the definitions given in SubDevice.Points or to Describe.";

    /// <summary>How its points do.</summary>
    public IReadOnlyList<PointHealth> Health()
    {
        lock (_gate)
            return [.. _points.Select(entry =>
                new PointHealth(Device.Id, entry.Key.Name, entry.Key.Interval, entry.Value.ReportedAt, entry.Value.IsGood))];
    }

    /// <summary>Lets go of what the driver gave: it keeps its plugin in memory.</summary>
    public void LetGo() => Source.LetGo();

    /// <summary>Notes a command that the driver is busy with from now on.</summary>
    public void Begin(Task command) => _command = command;

    /// <summary>Waits until the driver is not busy with a command of this sub-device. One caller at a time.</summary>
    /// <returns><see langword="false"/> when it was given up before that.</returns>
    public async Task<bool> UntilIdleAsync(CancellationToken cancellationToken)
    {
        await _command.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _command.IsCompleted && !cancellationToken.IsCancellationRequested;
    }

    private static Dictionary<PointDefinition, Mark> TableOf(IReadOnlyList<PointDefinition> points) =>
        points.ToDictionary<PointDefinition, PointDefinition, Mark>(point => point, _ => new Mark(), ReferenceEqualityComparer.Instance);

    private sealed class Mark
    {
        public long Report { get; set; }
        public long? ReportedAt { get; set; }
        public bool IsGood { get; set; }
    }
}
