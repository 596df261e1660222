using BridgeFramework.Configuration;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>Decides which of the values that a driver reports for one sub-device go to the cloud, by the points'
/// <see cref="ReportSettings"/>.</summary>
/// <remarks>
/// <para>Pure logic: no clock, no I/O, no lock. One caller at a time. Times are milliseconds of one clock that never goes back, such as
/// that of <see cref="TimeProvider.GetTimestamp"/>; the time that a value itself has is not looked at. Events are not its business.</para>
/// <para>Ledger: every value given to <see cref="Filter"/> is reported; what is not kept is filtered, a value that is held back until its
/// interval is over too. When a value becomes due the policy reports it once more itself, and <see cref="TakeDue"/> has it sent: count it
/// as reported again. So <i>reported = acknowledged + pending + dropped + filtered</i> holds at every moment, and a crash with a value held
/// back leaves nothing open.</para>
/// <para>It outlives the runs of a channel, see <see cref="SetPoints"/>: what it holds back is not lost with a run. After a restart of the
/// process it knows nothing, and the first value of each point goes.</para>
/// </remarks>
internal sealed class ReportPolicy
{
    private readonly Dictionary<string, PointReport> _byName;
    private readonly PointReport[] _all;
    private Dictionary<PointDefinition, PointReport> _byPoint = new(ReferenceEqualityComparer.Instance);
    private readonly long[] _droppedThrough = new long[2]; // by kind of lane

    private ReportPolicy(Dictionary<string, PointReport> byName)
    {
        _byName = byName;
        _all = [.. byName.Values];
    }

    /// <summary>When the next value is due, to be fetched with <see cref="TakeDue"/>; may be past;
    /// <see langword="null"/> for not at all.</summary>
    /// <remarks>May change with every other call.</remarks>
    public long? NextDue
    {
        get
        {
            long? next = null;
            foreach (var point in _all)
                if (point.DueAt is { } due && (next is null || due < next)) next = due;
            return next;
        }
    }

    /// <summary>Makes the policy of a sub-device.</summary>
    /// <param name="points">Its points as configured.</param>
    /// <returns><see langword="null"/> where every value goes, so that there is nothing to ask.</returns>
    public static ReportPolicy? Create(IReadOnlyList<PointPlan> points)
    {
        var byName = new Dictionary<string, PointReport>(StringComparer.Ordinal);
        foreach (var point in points)
            if (point.Report is { } report && (report.ChangesOnly || report.MinInterval is not null))
                byName.Add(point.Name, new PointReport(report));
        return byName.Count == 0 ? null : new ReportPolicy(byName);
    }

    /// <summary>Says which definitions are in force, as configured or as a driver described them. Points keep
    /// by name what is known of them.</summary>
    /// <param name="points">The points. Values of all others are kept.</param>
    public void SetPoints(IReadOnlyList<PointDefinition> points)
    {
        var byPoint = new Dictionary<PointDefinition, PointReport>(ReferenceEqualityComparer.Instance);
        foreach (var point in points)
            if (_byName.TryGetValue(point.Name, out var report)) byPoint[point] = report;
        _byPoint = byPoint;
    }

    /// <summary>Lets go of the definitions, which are a plugin's and hold it in memory. What is known of the points is kept.</summary>
    public void LetGo()
    {
        _byPoint = new(ReferenceEqualityComparer.Instance);
        foreach (var point in _all) point.LetGo();
    }

    /// <summary>Picks the values to send out of one report. Allocates nothing.</summary>
    /// <param name="values">What the driver reported.</param>
    /// <param name="now">The time.</param>
    /// <param name="keep">Takes what is to be sent, in order; as long as <paramref name="values"/> or longer,
    /// and may be the same memory.</param>
    /// <returns>How many are to be sent. The others are filtered.</returns>
    public int Filter(ReadOnlySpan<PointValue> values, long now, Span<PointValue> keep)
    {
        if (keep.Length < values.Length)
            throw new ArgumentException($"There are {values.Length} values and room for {keep.Length}.", nameof(keep));
        int kept = 0;
        foreach (var value in values)
            if (!_byPoint.TryGetValue(value.Point, out var point) || point.Offer(value, now)) keep[kept++] = value;
        return kept;
    }

    /// <summary>Fetches values that are due. They count as sent.</summary>
    /// <param name="now">The time.</param>
    /// <param name="due">Takes them. What finds no room stays due.</param>
    /// <returns>How many there are.</returns>
    public int TakeDue(long now, Span<DueValue> due)
    {
        int taken = 0;
        foreach (var point in _all)
        {
            if (taken == due.Length) break;
            if (point.DueAt <= now) due[taken++] = point.TakeDue(now);
        }

        return taken;
    }

    /// <summary>Notes the numbers of values that the outbox has taken, so that <see cref="Dropped"/> finds the points concerned.</summary>
    /// <param name="sent">What was kept or due, in the order of the record.</param>
    /// <param name="lane">The lane that has taken them.</param>
    /// <param name="firstSequence">The number of the first in its lane, from 1.</param>
    /// <param name="now">The time.</param>
    public void Accepted(ReadOnlySpan<PointValue> sent, LaneKind lane, long firstSequence, long now)
    {
        for (int i = 0; i < sent.Length; i++)
        {
            if (Find(sent[i].Point) is not { } point) continue;
            point.Place = (lane, firstSequence + i);
            // The drop may be heard of before the answer that it concerns.
            if (firstSequence + i <= _droppedThrough[(int)lane]) point.Forget(now);
        }
    }

    /// <summary>Has the points of values that the outbox refused sent again.</summary>
    /// <param name="refused">What was kept or due.</param>
    /// <param name="now">The time.</param>
    public void Refused(ReadOnlySpan<PointValue> refused, long now)
    {
        foreach (var value in refused) Find(value.Point)?.Forget(now);
    }

    /// <summary>
    /// Has those points sent again whose last value was dropped after it had been accepted: the hub would be left with an older one. Where
    /// a later value of the point still waits there is nothing to repair, so a full outbox is not filled with repetitions.
    /// </summary>
    /// <param name="lane">The lane they were dropped from.</param>
    /// <param name="firstSequence">The number of the first value dropped.</param>
    /// <param name="items">How many, one after another.</param>
    /// <param name="now">The time.</param>
    public void Dropped(LaneKind lane, long firstSequence, long items, long now)
    {
        long last = firstSequence + items - 1;
        ref long through = ref _droppedThrough[(int)lane];
        through = Math.Max(through, last);
        foreach (var point in _all)
            if (point.Place.Lane == lane && point.Place.Sequence >= firstSequence && point.Place.Sequence <= last) point.Forget(now);
    }

    /// <summary>Counts everything as never sent: what is known of each point is due at once, and not in ever
    /// quicker turns if that is lost too.</summary>
    /// <param name="now">The time.</param>
    public void Reset(long now)
    {
        foreach (var point in _all) point.Forget(now);
    }

    // A value may be of a definition that was in force when it was held back.
    private PointReport? Find(PointDefinition point) =>
        _byPoint.TryGetValue(point, out var own) ? own : _byName.GetValueOrDefault(point.Name);
}
