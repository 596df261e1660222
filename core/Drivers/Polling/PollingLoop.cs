namespace BridgeFramework.Drivers;

/// <summary>Runs the groups of a schedule when they are due, on as many lanes as the line takes requests at a time.</summary>
/// <typeparam name="TGroup">The driver's own type of a group.</typeparam>
public sealed class PollingLoop<TGroup>
    where TGroup : class
{
    private readonly PollSchedule<TGroup> _schedule;
    private readonly Func<TGroup, CancellationToken, ValueTask<PollEnd>> _run;
    private readonly ElapsedClock _clock;
    private readonly TimeProvider _time;
    private readonly int _lanes;
    private volatile Wakeup[] _sleepers = [];

    /// <summary>Makes a loop; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="schedule">Says which group is next.</param>
    /// <param name="run">Runs one group. What it throws ends the loop.</param>
    /// <param name="lanes">How many groups may run at a time; 1 or more.</param>
    /// <param name="clock">The clock of the schedule.</param>
    /// <param name="time">Where timers come from.</param>
    public PollingLoop(
        PollSchedule<TGroup> schedule, Func<TGroup, CancellationToken, ValueTask<PollEnd>> run, int lanes, ElapsedClock clock,
            TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lanes);
        _schedule = schedule;
        _run = run;
        _lanes = lanes;
        _clock = clock;
        _time = time;
    }

    /// <summary>Polls until asked to stop.</summary>
    /// <param name="stopping">Asks to end.</param>
    /// <exception cref="OperationCanceledException">The normal end.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        // A lane that fails takes the others with it: half a loop would look like a slow line.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var sleepers = Enumerable.Range(0, _lanes).Select(_ => new Wakeup(_time)).ToArray();
        _sleepers = sleepers;
        try
        {
            await using (either.Token.UnsafeRegister(static loop => ((PollingLoop<TGroup>)loop!).Wake(), this))
            {
                await Task.WhenAll(sleepers.Select(s => RunLaneAsync(s, either)));
            }
        }
        finally
        {
            _sleepers = [];
            foreach (var sleeper in sleepers) sleeper.Dispose();
        }

        stopping.ThrowIfCancellationRequested();
    }

    /// <summary>Looks at the schedule now: to be called after <see cref="PollSchedule{TGroup}.RunAt"/>.</summary>
    public void Wake()
    {
        foreach (var sleeper in _sleepers) sleeper.Set();
    }

    private async Task RunLaneAsync(Wakeup sleeper, CancellationTokenSource lanes)
    {
        try
        {
            while (!lanes.IsCancellationRequested)
            {
                if (_schedule.TryTake(_clock.Now, out var group))
                {
                    var end = await _run(group, lanes.Token);
                    _schedule.Complete(group, _clock.Now, end);
                    // A lane asleep did not see this group when it set its alarm.
                    if (_lanes > 1) Wake();
                }
                else
                {
                    var next = _schedule.NextDue;
                    await sleeper.SleepAsync(next == TimeSpan.MaxValue ? next : next - _clock.Now);
                }
            }
        }
        catch
        {
            await lanes.CancelAsync();
            throw;
        }
    }
}
