using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Drivers;

/// <summary>Says which group is to be polled next. Pure: it is told the time.</summary>
/// <remarks>
/// <para>Each group is due on a grid of its own, start + phase + k * interval. A group that is late is run once, not k times;
/// the runs it lost are counted. The phases of groups with one interval are spread, so that they do not come due together.</para>
/// <para>The group that is due longest comes first. When one is late by more than its interval the line is overloaded; units
/// then take turns. Safe to call from any thread.</para>
/// </remarks>
/// <typeparam name="TGroup">The driver's own type of a group.</typeparam>
public sealed class PollSchedule<TGroup>
    where TGroup : class
{
    // Far enough apart not to come together, near enough that the last unit is heard of soon after the start.
    private static readonly TimeSpan MaxPhaseStep = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<Slot> _slots = [];
    private readonly Dictionary<TGroup, Slot> _byGroup = new(ReferenceEqualityComparer.Instance);
    private long _turn;
    private long _skipped;

    /// <summary>Makes a schedule.</summary>
    /// <param name="entries">The groups.</param>
    /// <param name="start">The time at which the first is due.</param>
    /// <exception cref="ArgumentException">A group is there twice, or an interval is not above zero.</exception>
    public PollSchedule(IEnumerable<PollEntry<TGroup>> entries, TimeSpan start)
    {
        var units = new Dictionary<object, Unit>(ReferenceEqualityComparer.Instance);
        foreach (var together in entries.GroupBy(e => e.Interval))
        {
            var interval = together.Key;
            if (interval <= TimeSpan.Zero)
                throw new ArgumentException($"An interval of {interval} is none: it must be above zero.", nameof(entries));
            var members = together.ToList();
            var step = interval / members.Count;
            if (step > MaxPhaseStep) step = MaxPhaseStep;
            for (int i = 0; i < members.Count; i++)
            {
                if (!units.TryGetValue(members[i].Owner, out var unit)) units.Add(members[i].Owner, unit = new Unit());
                var slot = new Slot(members[i].Group, unit, interval, start + step * i);
                _slots.Add(slot);
                _byGroup.Add(slot.Group, slot);
            }
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
            Slot? oldest = null;
            Slot? patient = null;
            bool overloaded = false;
            foreach (var slot in _slots)
            {
                if (slot.Running || slot.Due > now) continue;
                overloaded |= now - slot.Due > slot.Interval;
                if (oldest is null || slot.Due < oldest.Due) oldest = slot;
                if (patient is null || slot.Unit.LastTurn < patient.Unit.LastTurn
                    || (slot.Unit == patient.Unit && slot.Due < patient.Due)) patient = slot;
            }

            var chosen = overloaded ? patient : oldest;
            if (chosen is null)
            {
                group = null;
                return false;
            }

            group = chosen.Group;
            chosen.Running = true;
            chosen.Unit.LastTurn = ++_turn;
            return true;
        }
    }

    /// <summary>Gives a group back after its run.</summary>
    /// <param name="group">The group, taken before.</param>
    /// <param name="now">The time.</param>
    /// <param name="end">Whether it wants to go on.</param>
    public void Complete(TGroup group, TimeSpan now, PollEnd end)
    {
        lock (_gate)
        {
            var slot = _byGroup[group];
            slot.Running = false;
            slot.Due = now;
            if (end == PollEnd.Finished) slot.Due = NextOnGrid(slot, now);
            if (slot.Wanted < slot.Due) slot.Due = slot.Wanted;
            slot.Wanted = TimeSpan.MaxValue;
        }
    }

    /// <summary>Asks for an additional run of a group; its grid stays as it is.</summary>
    /// <param name="group">The group.</param>
    /// <param name="at">When; without effect where it is due before.</param>
    public void RunAt(TGroup group, TimeSpan at)
    {
        lock (_gate)
        {
            var slot = _byGroup[group];
            if (slot.Running) slot.Wanted = at < slot.Wanted ? at : slot.Wanted;
            else if (at < slot.Due) slot.Due = at;
        }
    }

    private TimeSpan NextOnGrid(Slot slot, TimeSpan now)
    {
        if (now < slot.Grid) return slot.Grid;
        long steps = (now - slot.Grid).Ticks / slot.Interval.Ticks + 1;
        _skipped += steps - 1;
        slot.Grid += slot.Interval * steps;
        return slot.Grid;
    }

    private sealed class Unit
    {
        public long LastTurn { get; set; }
    }

    private sealed class Slot(TGroup group, Unit unit, TimeSpan interval, TimeSpan first)
    {
        public TGroup Group => group;

        public Unit Unit => unit;

        public TimeSpan Interval => interval;

        public TimeSpan Grid { get; set; } = first;

        public TimeSpan Due { get; set; } = first;

        public TimeSpan Wanted { get; set; } = TimeSpan.MaxValue;

        public bool Running { get; set; }
    }
}
