using BridgeFramework.Configuration;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>Decides which of the values that a driver reports for one sub-device go to the cloud: by the points'
/// <see cref="ReportSettings"/>, and, of points that have none, all but the same bad quality over and over.</summary>
/// <remarks>
/// <para>Pure logic: no clock, no I/O, no lock. One caller at a time. Times are milliseconds of one clock that never goes back, such as
/// that of <see cref="TimeProvider.GetTimestamp"/>; the time that a value itself has is not looked at. Events are not its business.</para>
/// <para>Ledger: every value given to <see cref="Filter"/> is reported; what is not kept is filtered, a value that is held back until its
/// interval is over too. When a value becomes due the policy reports it once more itself, and <see cref="TakeDue"/> has it sent: count it
/// as reported again. So <i>reported = acknowledged + pending + dropped + filtered</i> holds at every moment, and a crash with a value held
/// back leaves nothing open.</para>
/// <para>It outlives the runs of a channel, see <see cref="SetPoints"/>: what it holds back is not lost with a run, and an outage that goes
/// on is not told again by the next. After a restart of the process it knows nothing, and the first value of each point goes.</para>
/// </remarks>
internal sealed class ReportPolicy
{
    private readonly Dictionary<string, PointReport> _byName;
    private readonly PointReport[] _all;
    private readonly BadQualities? _bad;
    private Dictionary<PointDefinition, PointReport?> _byPoint = new(ReferenceEqualityComparer.Instance);
    private readonly long[] _droppedThrough = new long[2]; // by kind of lane

    private ReportPolicy(Dictionary<string, PointReport> byName, BadQualities? bad)
    {
        _byName = byName;
        _all = [.. byName.Values];
        _bad = bad;
    }

    /// <summary>Whether something may ever be due.</summary>
    public bool HoldsBack => _all.Length > 0;

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
    /// <param name="badInterval">When the same bad quality of a point goes again; zero: as often as it is reported.</param>
    /// <returns><see langword="null"/> where every value goes, so that there is nothing to ask.</returns>
    public static ReportPolicy? Create(IReadOnlyList<PointPlan> points, TimeSpan badInterval)
    {
        bool repeats = badInterval > TimeSpan.Zero;
        long interval = repeats ? Milliseconds(badInterval) : 0;
        var byName = new Dictionary<string, PointReport>(StringComparer.Ordinal);
        foreach (var point in points)
            if (point.Report is { } report && (report.ChangesOnly || report.MinInterval is not null || report.MaxInterval is not null))
                // To a point that tells changes the same quality is none, however often it is reported.
                byName.Add(point.Name, new PointReport(report, repeats || !report.ChangesOnly ? interval : long.MaxValue));
        return byName.Count == 0 && !repeats ? null : new ReportPolicy(byName, repeats ? new BadQualities(interval) : null);
    }

    /// <summary>Gives a time of the policy's clock, rounded up: a fraction of a millisecond does not become no interval at all.</summary>
    public static long Milliseconds(TimeSpan interval) => (long)Math.Ceiling(interval.TotalMilliseconds);

    /// <summary>Says which definitions are in force, as configured or as a driver described them. Points keep
    /// by name what is known of them.</summary>
    /// <param name="points">The points. Good values of all others go.</param>
    public void SetPoints(IReadOnlyList<PointDefinition> points)
    {
        var byPoint = new Dictionary<PointDefinition, PointReport?>(ReferenceEqualityComparer.Instance);
        if (_byName.Count > 0)
            foreach (var point in points) byPoint[point] = _byName.GetValueOrDefault(point.Name);
        _byPoint = byPoint;
        _bad?.Keep(points);
    }

    /// <summary>Lets go of the definitions, which are a plugin's and hold it in memory. What is known of the points is kept.</summary>
    public void LetGo()
    {
        _byPoint = new(ReferenceEqualityComparer.Instance);
        foreach (var point in _all) point.LetGo();
    }

    /// <summary>Whether all values of a report go and nothing need be noted of them, as mostly where no point has settings: then
    /// <see cref="Filter"/> can be left out.</summary>
    /// <param name="values">What the driver reported.</param>
    public bool LetsAllGo(ReadOnlySpan<PointValue> values)
    {
        if (!HasNothingToNote) return false;
        foreach (ref readonly var value in values)
            if (value.Quality != Quality.Good) return false;
        return true;
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
        {
            bool goes = Find(value.Point) is { } point ? point.Offer(value, now) : _bad?.Offer(value, now) ?? true;
            if (goes) keep[kept++] = value;
        }

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

    /// <summary>Fetches all values that are held back, due or not. They count as sent.</summary>
    /// <param name="now">The time.</param>
    public IReadOnlyList<DueValue> TakeHeldBack(long now) =>
        [.. _all.Where(point => point.DueAt is not null).Select(point => point.TakeDue(now))];

    /// <summary>Notes the numbers of values that the outbox has taken, so that <see cref="Dropped"/> finds the points concerned.</summary>
    /// <param name="sent">What was kept or due, in the order of the record.</param>
    /// <param name="lane">The lane that has taken them.</param>
    /// <param name="firstSequence">The number of the first in its lane, from 1.</param>
    /// <param name="now">The time.</param>
    public void Accepted(ReadOnlySpan<PointValue> sent, LaneKind lane, long firstSequence, long now)
    {
        if (HasNothingToNote) return;
        for (int i = 0; i < sent.Length; i++)
        {
            // The drop may be heard of before the answer that it concerns.
            bool isDropped = firstSequence + i <= _droppedThrough[(int)lane];
            if (Find(sent[i].Point) is { } point)
            {
                point.Place = (lane, firstSequence + i);
                if (isDropped) point.Forget(now);
            }
            else if (isDropped)
            {
                _bad?.Forget(sent[i].Point.Name);
            }
            else
            {
                _bad?.Accepted(sent[i], lane, firstSequence + i);
            }
        }
    }

    /// <summary>Has the points of values that the outbox refused sent again.</summary>
    /// <param name="refused">What was kept or due.</param>
    /// <param name="now">The time.</param>
    public void Refused(ReadOnlySpan<PointValue> refused, long now)
    {
        foreach (var value in refused)
        {
            if (Find(value.Point) is { } point) point.Forget(now);
            else _bad?.Forget(value.Point.Name);
        }
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
        _bad?.Forget(lane, firstSequence, last);
    }

    /// <summary>Counts everything as never sent: what is known of each point is due at once, and not in ever
    /// quicker turns if that is lost too.</summary>
    /// <param name="now">The time.</param>
    public void Reset(long now)
    {
        foreach (var point in _all) point.Forget(now);
        _bad?.ForgetAll();
    }

    private bool HasNothingToNote => !HoldsBack && _bad is not { IsEmpty: false };

    // A value may be of a definition that was in force when it was held back, or when its report began.
    private PointReport? Find(PointDefinition point) =>
        _byPoint.TryGetValue(point, out var own) ? own : _byName.GetValueOrDefault(point.Name);
}
