using System.Runtime.CompilerServices;
using BridgeFramework.Drivers;

namespace BridgeFramework.Modbus;

/// <summary>Runs the groups of a line's units and reports what they give: values, qualities, presence.</summary>
internal sealed class UnitPoller
{
    private const int RefusedPointRounds = 60;
    private const int SilentAfter = 3;
    private readonly IChannel _channel;
    private readonly ModbusLine _line;
    private readonly LineUnits _units;
    private readonly ElapsedClock _clock;
    private readonly ProbeBudget _probes = new();
    private readonly PollSchedule<PollGroup> _schedule;
    private readonly PollingLoop<PollGroup> _loop;
    private readonly TimeSpan _responseTimeout;
    private CancellationToken _closing;

    public UnitPoller(IChannel channel, ModbusLine line, LineUnits units, ModbusChannelSettings settings, TimeProvider time)
    {
        _channel = channel;
        _line = line;
        _units = units;
        _responseTimeout = settings.ResponseTimeout;
        _clock = new ElapsedClock(time);
        _schedule = new PollSchedule<PollGroup>(channel.Devices.SelectMany(d => EntriesOf(units.Find(d))), TimeSpan.Zero);
        _loop = new PollingLoop<PollGroup>(_schedule, PollAsync, settings.MaxOutstanding, _clock, time);
        line.Up = PollEverything;
        line.Down = reason =>
        {
            foreach (var unit in units.All) SayPresence(unit.Standing, Presence.Absent, $"line down: {reason}");
        };
    }

    /// <summary>Called for a unit that is present after it was not, or for the first time.</summary>
    public Action<UnitStanding>? BecamePresent { get; init; }

    /// <summary>Polls until told to stop.</summary>
    /// <param name="stopping">Asks to begin nothing more; what was begun is read to its end and reported.</param>
    /// <param name="closing">The line is closed: nothing more comes.</param>
    public Task RunAsync(CancellationToken stopping, CancellationToken closing)
    {
        _closing = closing;
        return _loop.RunAsync(stopping);
    }

    /// <summary>Polls a unit that was held, at once, and believes again what it does.</summary>
    public void Release(UnitStanding standing)
    {
        standing.IsHeld = false;
        HearOfLine(standing);
        PollUnit(standing);
    }

    /// <summary>Polls a unit that has come or changed from now on, and one that has left no more. The others notice nothing.</summary>
    /// <param name="before">The unit as it was; already forgotten.</param>
    /// <param name="after">The unit as it is now; already known.</param>
    public void Change(PolledUnit? before, PolledUnit? after)
    {
        _schedule.Change(before?.Groups ?? [], EntriesOf(after), _clock.Now);
        _loop.Wake();
        if (after is null) return;
        HearOfLine(after.Standing);
        // It may have got the control window by which it is asked.
        if (after.Standing.Presence == Presence.Present && after.Settings.Firmware != before?.Settings.Firmware)
            BecamePresent?.Invoke(after.Standing);
    }

    /// <summary>Draws the conclusions from a request to a unit: presence, health, and whether the connection is of any use.</summary>
    public void Learn(PolledUnit unit, ModbusOutcome outcome)
    {
        var standing = unit.Standing;
        if (standing.IsHeld || standing.Unit is null) return;
        switch (outcome.Kind)
        {
            case OutcomeKind.Done:
            case OutcomeKind.Refused when !outcome.Exception.IsNoAnswer():
                if (standing.Health.Answered()) PollUnit(standing);
                SayPresence(standing, Presence.Present, null);
                break;
            case OutcomeKind.TimedOut or OutcomeKind.Refused:
                if (standing.Health.TimedOut(_clock.Now))
                    SayPresence(standing, Presence.Absent,
                        $"unit {unit.UnitId} at {_line.Endpoint} left {standing.Health.Unanswered} requests in a row unanswered");
                // Half-open connections look like this; one dead unit among living ones does not.
                if (_line.SilentTimeouts >= SilentAfter
                    && _units.All.All(u => u.Standing.IsHeld || u.Standing.Health.Unanswered >= SilentAfter))
                    _line.Reopen("no unit answers any more.");
                break;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<PollEnd> PollAsync(PollGroup group, CancellationToken cancellationToken)
    {
        var unit = group.Unit;
        if (unit.Standing.IsHeld || unit.IsOver)
        {
            group.NextBlock = 0;
            group.Repeated = false;
            return PollEnd.Finished;
        }

        if (unit.Standing.Health.IsOffline && _line.DownReason is null && !await ProbeAsync(group, cancellationToken))
        {
            foreach (var block in group.Plan.Blocks) block.Fail(Quality.Timeout);
        }
        else if (await ReadAsync(group, cancellationToken) == PollEnd.Again)
        {
            return PollEnd.Again;
        }

        group.NextBlock = 0;
        group.Repeated = false;
        if (unit.IsOver) return PollEnd.Finished;
        await _channel.ReportAsync(unit.Device, group.Plan.Values, _closing);
        return PollEnd.Finished;
    }

    /// <summary>Asks an offline unit whether it is back, if it is time to.</summary>
    private async ValueTask<bool> ProbeAsync(PollGroup group, CancellationToken cancellationToken)
    {
        var unit = group.Unit;
        if (group != unit.ProbeGroup) return false;
        bool back = false;
        var health = unit.Standing.Health;
        if (health.TryProbe(_clock.Now, _probes, _responseTimeout))
        {
            var outcome = await _line.ExecuteAsync(group.Plan.Blocks[0], BusPriority.Poll, cancellationToken);
            Learn(unit, outcome);
            back = !health.IsOffline;
        }

        if (!back) _schedule.RunAt(group, health.NextProbe);
        return back;
    }

    private async ValueTask<PollEnd> ReadAsync(PollGroup group, CancellationToken cancellationToken)
    {
        var plan = group.Plan;
        var patience = cancellationToken;
        while (group.NextBlock < plan.Blocks.Count)
        {
            // The round ends without a report: what it has not read yet would be as old as the last one.
            if (group.Unit.Standing.IsHeld || group.Unit.IsOver) return PollEnd.Again;
            var block = plan.Blocks[group.NextBlock];
            if (block.RoundsToSkip > 0)
            {
                block.RoundsToSkip--;
                group.NextBlock++;
                continue;
            }

            var outcome = await _line.ExecuteAsync(block, BusPriority.Poll, patience);
            patience = _closing;
            Learn(group.Unit, outcome);
            switch (outcome.Kind)
            {
                case OutcomeKind.Done:
                    break;
                case OutcomeKind.Refused when IsHole(outcome.Exception) && block.Points.Count > 1:
                    plan.Split(group.NextBlock);
                    continue;
                case OutcomeKind.Refused when !outcome.Exception.IsNoAnswer():
                    if (outcome.Exception.IsFinal()) block.RoundsToSkip = RefusedPointRounds - 1;
                    block.Fail(outcome.Exception.IsFinal() ? Quality.Refused : Quality.DeviceFault);
                    break;
                default:
                    // Repeated once, after those who wait; then the rest of the round is left out, for it would fare no better.
                    if (!group.Repeated && outcome.Kind != OutcomeKind.LinkDown && !group.Unit.Standing.Health.IsOffline)
                    {
                        group.Repeated = true;
                        return PollEnd.Again;
                    }

                    var quality = outcome.Kind is OutcomeKind.LinkDown or OutcomeKind.LinkLost ? Quality.LinkDown : Quality.Timeout;
                    for (; group.NextBlock < plan.Blocks.Count; group.NextBlock++) plan.Blocks[group.NextBlock].Fail(quality);
                    return PollEnd.Finished;
            }

            group.NextBlock++;
        }

        return PollEnd.Finished;
    }

    private static bool IsHole(ExceptionCode code) => code is ExceptionCode.IllegalDataAddress or ExceptionCode.IllegalDataValue;

    private void PollEverything()
    {
        foreach (var unit in _units.All)
        {
            unit.Standing.Health.ProbeSoon(_clock.Now);
            PollUnit(unit.Standing);
        }
    }

    private void PollUnit(UnitStanding standing)
    {
        foreach (var group in standing.Unit?.Groups ?? []) _schedule.RunAt(group, _clock.Now);
        _loop.Wake();
    }

    /// <summary>Tells a unit what the others heard at the time.</summary>
    private void HearOfLine(UnitStanding standing)
    {
        if (_line.DownReason is { } reason) SayPresence(standing, Presence.Absent, $"line down: {reason}");
    }

    private void SayPresence(UnitStanding standing, Presence presence, string? reason)
    {
        if (standing.SayPresence(_channel, presence, reason) && presence == Presence.Present) BecamePresent?.Invoke(standing);
    }

    private static IEnumerable<PollEntry<PollGroup>> EntriesOf(PolledUnit? unit) =>
        unit?.Groups.Select(g => new PollEntry<PollGroup>(g, unit.Standing, g.Interval)) ?? [];
}
