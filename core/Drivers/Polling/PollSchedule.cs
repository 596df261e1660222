using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Drivers;

/// <summary>Says which group is to be polled next. Pure: it is told the time.</summary>
/// <remarks>
/// <para>Each group is due on a grid of its own, start + phase + k * interval. A group that is late is run once, not k times;
/// the runs it lost are counted. The phases of groups with one interval are spread, so that they do not come due together.</para>
/// <para>The group that is due longest comes first. When one is late by more than its interval the line is overloaded; units
/// then take turns. Safe to call from any thread.</para>
/// <para>Groups may leave and come while others are run: the others keep their grids.</para>
/// </remarks>
/// <typeparam name="TGroup">The driver's own type of a group.</typeparam>
public sealed class PollSchedule<TGroup>
    where TGroup : class
{
    // Far enough apart not to come together, near enough that the last unit is heard of soon after the start.
    private static readonly TimeSpan MaxPhaseStep = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<PollSlot<TGroup>> _slots = [];
    private readonly Dictionary<TGroup, PollSlot<TGroup>> _byGroup = new(ReferenceEqualityComparer.Instance);
    // No table of weak references: those outlive a plugin that is unloaded by a collection or two.
    private readonly Dictionary<object, PollTurns> _turns = new(ReferenceEqualityComparer.Instance);
    private TimeSpan _nextEarly = TimeSpan.MinValue;
    private long _turn;
    private long _skipped;

    /// <summary>Makes a schedule.</summary>
    /// <param name="entries">The groups.</param>
    /// <param name="start">The time at which the first is due.</param>
    /// <exception cref="ArgumentException">A group is there twice, or an interval is not above zero.</exception>
    public PollSchedule(IEnumerable<PollEntry<TGroup>> entries, TimeSpan start)
    {
        foreach (var together in entries.GroupBy(e => e.Interval))
        {
            var members = together.ToList();
            var step = together.Key / members.Count;
            if (step > MaxPhaseStep) step = MaxPhaseStep;
            for (int i = 0; i < members.Count; i++) Add(NewSlot(members[i], start + step * i));
        }
    }

    /// <summary>How many runs were left out because a group was late.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>When the next group that is not being run is due; <see cref="TimeSpan.MaxValue"/> where there is none.</summary>
    public TimeSpan NextDue
    {
        get
        {
            lock (_gate)
            {
                var next = TimeSpan.MaxValue;
                foreach (var slot in _slots) if (!slot.Running && slot.Due < next) next = slot.Due;
                return next;
            }
        }
    }

    /// <summary>Takes the group whose turn it is. It is not given again before <see cref="Complete"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="group">The group.</param>
    /// <returns><see langword="false"/> when none is due.</returns>
    public bool TryTake(TimeSpan now, [NotNullWhen(true)] out TGroup? group)
    {
        lock (_gate)
        {
            PollSlot<TGroup>? oldest = null;
            PollSlot<TGroup>? patient = null;
            bool overloaded = false;
            foreach (var slot in _slots)
            {
                if (slot.Running || slot.Due > now) continue;
                overloaded |= now - slot.Due > slot.Interval;
                if (oldest is null || slot.Due < oldest.Due) oldest = slot;
                if (patient is null || slot.Turns.Last < patient.Turns.Last
                    || (slot.Turns == patient.Turns && slot.Due < patient.Due)) patient = slot;
            }

            var chosen = overloaded ? patient : oldest;
            if (chosen is null)
            {
                group = null;
                return false;
            }

            group = chosen.Group;
            chosen.Running = true;
            chosen.Turns.Last = ++_turn;
            return true;
        }
    }

    /// <summary>Changes which groups there are.</summary>
    /// <remarks>
    /// One that comes where one of the same owner and interval leaves takes over its grid; any other one has its own, in the widest gap
    /// between those of its interval. It is run before that, once, where that is earlier: at once, or 1 s after the last such run.
    /// </remarks>
    /// <param name="leaving">The groups that go; one that is being run may still be completed, without effect.</param>
    /// <param name="coming">Those that come.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">A group is there twice, or an interval is not above zero; the schedule is of no use any more.
    /// </exception>
    public void Change(IEnumerable<TGroup> leaving, IEnumerable<PollEntry<TGroup>> coming, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(leaving);
        ArgumentNullException.ThrowIfNull(coming);
        lock (_gate)
        {
            var vacant = new List<PollSlot<TGroup>>();
            foreach (var group in leaving)
                if (_byGroup.Remove(group, out var slot)) vacant.Add(slot);
            foreach (var entry in coming)
            {
                var turns = TurnsOf(entry.Owner);
                var place = vacant.Find(slot => slot.Turns == turns && slot.Interval == entry.Interval);
                if (place is not null) vacant.Remove(place);
                var slot = place?.HandTo(entry.Group) ?? NewSlot(entry, FreePlace(entry.Interval, now));
                RunEarly(slot, now);
                Add(slot);
            }

            _slots.RemoveAll(slot => !_byGroup.ContainsKey(slot.Group));
            var present = _slots.Select(slot => slot.Turns).ToHashSet();
            foreach (object owner in _turns.Where(entry => !present.Contains(entry.Value)).Select(entry => entry.Key).ToList())
                _turns.Remove(owner);
        }
    }

    /// <summary>Gives a group back after its run; without effect on one that has left meanwhile.</summary>
    /// <param name="group">The group, taken before.</param>
    /// <param name="now">The time.</param>
    /// <param name="end">Whether it wants to go on.</param>
    public void Complete(TGroup group, TimeSpan now, PollEnd end)
    {
        lock (_gate)
        {
            if (!_byGroup.TryGetValue(group, out var slot)) return;
            slot.Running = false;
            slot.Due = now;
            if (end == PollEnd.Finished) slot.Due = NextOnGrid(slot, now);
            if (slot.Wanted < slot.Due) slot.Due = slot.Wanted;
            slot.Wanted = TimeSpan.MaxValue;
        }
    }

    /// <summary>Asks for an additional run of a group; its grid stays as it is. Without effect on one that has left.</summary>
    /// <param name="group">The group.</param>
    /// <param name="at">When; without effect where it is due before.</param>
    public void RunAt(TGroup group, TimeSpan at)
    {
        lock (_gate)
        {
            if (!_byGroup.TryGetValue(group, out var slot)) return;
            if (slot.Running) slot.Wanted = at < slot.Wanted ? at : slot.Wanted;
            else if (at < slot.Due) slot.Due = at;
        }
    }

    private PollSlot<TGroup> NewSlot(PollEntry<TGroup> entry, TimeSpan first)
    {
        if (entry.Interval <= TimeSpan.Zero)
            throw new ArgumentException($"An interval of {entry.Interval} is none: it must be above zero.", nameof(entry));
        return new PollSlot<TGroup>(entry.Group, TurnsOf(entry.Owner), entry.Interval, first);
    }

    // An owner that comes later waits behind those that have waited.
    private PollTurns TurnsOf(object owner)
    {
        if (!_turns.TryGetValue(owner, out var turns)) _turns.Add(owner, turns = new PollTurns(_turn));
        return turns;
    }

    private void Add(PollSlot<TGroup> slot)
    {
        _byGroup.Add(slot.Group, slot);
        _slots.Add(slot);
    }

    private TimeSpan FreePlace(TimeSpan interval, TimeSpan now) =>
        PollPhase.InWidestGap(_byGroup.Values.Where(slot => slot.Interval == interval).Select(slot => slot.Grid), interval, now);

    /// <summary>A value soon, but not so many at once that others are kept waiting.</summary>
    private void RunEarly(PollSlot<TGroup> slot, TimeSpan now)
    {
        var early = _nextEarly > now ? _nextEarly : now;
        if (slot.Due <= early) return;
        slot.Due = early;
        _nextEarly = early + MaxPhaseStep;
    }

    private TimeSpan NextOnGrid(PollSlot<TGroup> slot, TimeSpan now)
    {
        if (now < slot.Grid) return slot.Grid;
        long steps = (now - slot.Grid).Ticks / slot.Interval.Ticks + 1;
        _skipped += steps - 1;
        slot.Grid += slot.Interval * steps;
        return slot.Grid;
    }
}
