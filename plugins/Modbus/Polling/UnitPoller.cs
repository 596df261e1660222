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
    private readonly IReadOnlyList<PolledUnit> _units;
    private readonly ElapsedClock _clock;
    private readonly ProbeBudget _probes = new();
    private readonly PollSchedule<PollGroup> _schedule;
    private readonly PollingLoop<PollGroup> _loop;
    private readonly TimeSpan _responseTimeout;
    private CancellationToken _closing;

    public UnitPoller(IChannel channel, ModbusLine line, IReadOnlyList<PolledUnit> units, ModbusChannelSettings settings, TimeProvider time)
    {
        _channel = channel;
        _line = line;
        _units = units;
        _responseTimeout = settings.ResponseTimeout;
        _clock = new ElapsedClock(time);
        var groups = units.SelectMany(u => u.Groups).Select(g => new PollEntry<PollGroup>(g, g.Unit, g.Interval));
        _schedule = new PollSchedule<PollGroup>(groups, TimeSpan.Zero);
        _loop = new PollingLoop<PollGroup>(_schedule, PollAsync, settings.MaxOutstanding, _clock, time);
        line.Up = PollEverything;
        line.Down = reason =>
        {
            foreach (var unit in units) SetPresence(unit, Presence.Absent, $"line down: {reason}");
        };
    }

    /// <summary>Called for a unit that is present after it was not, or for the first time.</summary>
    public Action<PolledUnit>? BecamePresent { get; init; }

    /// <summary>Polls until told to stop.</summary>
    /// <param name="stopping">Asks to begin nothing more; what was begun is read to its end and reported.</param>
    /// <param name="closing">The line is closed: nothing more comes.</param>
    public Task RunAsync(CancellationToken stopping, CancellationToken closing)
    {
        _closing = closing;
        return _loop.RunAsync(stopping);
    }

    /// <summary>Polls a unit that was held, at once, and believes again what it does.</summary>
    public void Release(PolledUnit unit)
    {
        unit.IsHeld = false;
        // What the others heard at the time.
        if (_line.DownReason is { } reason) SetPresence(unit, Presence.Absent, $"line down: {reason}");
        PollUnit(unit);
    }

    /// <summary>Draws the conclusions from a request to a unit: presence, health, and whether the connection is of any use.</summary>
    public void Learn(PolledUnit unit, ModbusOutcome outcome)
    {
        if (unit.IsHeld) return;
        switch (outcome.Kind)
        {
            case OutcomeKind.Done:
            case OutcomeKind.Refused when !outcome.Exception.IsNoAnswer():
                if (unit.Health.Answered()) PollUnit(unit);
                SetPresence(unit, Presence.Present, null);
                break;
            case OutcomeKind.TimedOut or OutcomeKind.Refused:
                if (unit.Health.TimedOut(_clock.Now))
                    SetPresence(unit, Presence.Absent,
                        $"unit {unit.UnitId} at {_line.Endpoint} left {unit.Health.Unanswered} requests in a row unanswered");
                // Half-open connections look like this; one dead unit among living ones does not.
                if (_line.SilentTimeouts >= SilentAfter && _units.All(u => u.IsHeld || u.Health.Unanswered >= SilentAfter))
                    _line.Reopen("no unit answers any more.");
                break;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<PollEnd> PollAsync(PollGroup group, CancellationToken cancellationToken)
    {
        var unit = group.Unit;
        if (unit.IsHeld)
        {
            group.NextBlock = 0;
            group.Repeated = false;
            return PollEnd.Finished;
        }

        if (unit.Health.IsOffline && _line.DownReason is null && !await ProbeAsync(group, cancellationToken))
        {
            foreach (var block in group.Plan.Blocks) block.Fail(Quality.Timeout);
        }
        else if (await ReadAsync(group, cancellationToken) == PollEnd.Again)
        {
            return PollEnd.Again;
        }

        group.NextBlock = 0;
        group.Repeated = false;
        await _channel.ReportAsync(unit.Device, group.Plan.Values, _closing);
        return PollEnd.Finished;
    }

    /// <summary>Asks an offline unit whether it is back, if it is time to.</summary>
    private async ValueTask<bool> ProbeAsync(PollGroup group, CancellationToken cancellationToken)
    {
        var unit = group.Unit;
        if (group != unit.ProbeGroup) return false;
        bool back = false;
        if (unit.Health.TryProbe(_clock.Now, _probes, _responseTimeout))
        {
            var outcome = await _line.ExecuteAsync(group.Plan.Blocks[0], BusPriority.Poll, cancellationToken);
            Learn(unit, outcome);
            back = !unit.Health.IsOffline;
        }

        if (!back) _schedule.RunAt(group, unit.Health.NextProbe);
        return back;
    }

    private async ValueTask<PollEnd> ReadAsync(PollGroup group, CancellationToken cancellationToken)
    {
        var plan = group.Plan;
        var patience = cancellationToken;
        while (group.NextBlock < plan.Blocks.Count)
        {
            // The round ends without a report: what it has not read yet would be as old as the last one.
            if (group.Unit.IsHeld) return PollEnd.Again;
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
                    if (!group.Repeated && outcome.Kind != OutcomeKind.LinkDown && !group.Unit.Health.IsOffline)
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
        foreach (var unit in _units)
        {
            unit.Health.ProbeSoon(_clock.Now);
            PollUnit(unit);
        }
    }

    private void PollUnit(PolledUnit unit)
    {
        foreach (var group in unit.Groups) _schedule.RunAt(group, _clock.Now);
        _loop.Wake();
    }

    private void SetPresence(PolledUnit unit, Presence presence, string? reason)
    {
        if (unit.IsHeld || unit.Presence == presence) return;
        unit.Presence = presence;
        _channel.SetPresence(unit.Device, presence, reason);
        if (presence == Presence.Present) BecamePresent?.Invoke(unit);
    }
}
