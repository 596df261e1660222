using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>How one channel stands: its state and its present run.</summary>
/// <remarks>The supervisor writes it; others read it, and wait for a change. Safe to use from any thread.</remarks>
internal sealed class ChannelStanding(ChannelPlan plan, TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChannelStatus _status = new()
    {
        Name = plan.Name,
        Driver = plan.Driver,
        State = ChannelState.Stopped,
        Since = time.GetUtcNow(),
        SinceTimestamp = time.GetTimestamp(),
    };

    private ActiveRun? _run;
    private IReadOnlyList<PointHealth> _lastHealth = [];
    private bool _isMoving;
    private long? _toldAt; // when the driver was told to make room for the next

    /// <summary>What of its driver has not returned.</summary>
    public DriverCalls Calls { get; } = new(time);

    /// <summary>What of its drivers was told to end and has not.</summary>
    public LostWork Lost { get; } = new(time);

    /// <summary>How often its driver calls the gateway.</summary>
    public ChannelTraffic Traffic { get; } = new(time);

    /// <summary>Stops the channel at a safe place, where nothing of it runs.</summary>
    public HoldGate Hold { get; } = new();

    public ChannelStatus Status
    {
        get
        {
            ChannelStatus status;
            lock (_gate) status = _status;
            // It has said that it works; but what RunAsync does before it gives its task, it does in the place of the gateway.
            if (status.State == ChannelState.Serving && Calls.Find(nameof(ISubDeviceDriver.RunAsync)) is var (since, timestamp))
                status = status with { State = ChannelState.Starting, Since = since, SinceTimestamp = timestamp };
            return status with { Blocked = Calls.Describe(), Problems = FindProblems() };
        }
    }

    /// <summary>How its points do in the present run, or did in the last.</summary>
    public IReadOnlyList<PointHealth> Health
    {
        get
        {
            lock (_gate) return _run?.Channel.Health() ?? _lastHealth;
        }
    }

    /// <summary>The present run, whether or not its driver works.</summary>
    public ActiveRun? Run
    {
        get
        {
            lock (_gate) return _run;
        }
    }

    /// <summary>The present run, once its driver has said that it works.</summary>
    public ActiveRun? ServingRun => Run is { IsServing: true } run ? run : null;

    /// <summary>Completes when a driver serves.</summary>
    public async Task UntilServingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_run is { IsServing: true }) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Enters the present run with a command, see <see cref="ActiveRun.TryEnter"/>.</summary>
    /// <returns>
    /// The run; or, where none takes commands, how the channel stands. Where another run is on its way, <c>Change</c> ends when it is worth
    /// trying again.
    /// </returns>
    public (ActiveRun? Run, ChannelStatus Status, Task? Change) TryEnter()
    {
        lock (_gate) return _run?.TryEnter() == true ? (_run, _status, null) : (null, _status, _isMoving ? _changed.Task : null);
    }

    /// <summary>Whether the gateway's plan does not have the channel any more.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>The gateway's plan does not have the channel any more.</summary>
    public void Leave() => HasLeft = true;

    /// <summary>Another plan is in force, of the same name.</summary>
    public void Follow(ChannelPlan next)
    {
        lock (_gate) _status = _status with { Driver = next.Driver };
    }

    public void Begin(ActiveRun run)
    {
        lock (_gate)
        {
            (_run, _isMoving) = (run, false);
            TellChange();
        }
    }

    public void End()
    {
        lock (_gate)
        {
            if (_run is { } run) _lastHealth = run.Channel.Health();
            _run = null;
        }
    }

    /// <summary>From now on commands that find no run wait for the next.</summary>
    /// <returns>The run that is to make room for it.</returns>
    public ActiveRun? PrepareMove()
    {
        lock (_gate)
        {
            _isMoving = true;
            return _run;
        }
    }

    /// <summary>No other run is on its way any more.</summary>
    public void EndMove()
    {
        lock (_gate)
        {
            (_isMoving, _toldAt) = (false, null);
            TellChange();
        }
    }

    /// <summary>The driver is told to make room.</summary>
    /// <param name="reason">What for.</param>
    /// <returns>When that was, as <see cref="TimeProvider.GetTimestamp"/> counts.</returns>
    public long Move(MoveReason reason)
    {
        lock (_gate)
        {
            Become(ChannelState.Moving, reason.Meanwhile, failures: 0);
            long toldAt = time.GetTimestamp();
            _toldAt = toldAt;
            return toldAt;
        }
    }

    /// <summary>The driver of a run says that it works.</summary>
    /// <param name="channel">The run's channel.</param>
    /// <param name="gap">How long nobody served because the driver's plugin was replaced; <see langword="null"/> where it was not.</param>
    /// <returns>Whether that is news: the run is the present one, and did not say so before.</returns>
    public bool TryServe(HostedChannel channel, out TimeSpan? gap)
    {
        gap = null;
        lock (_gate)
        {
            if (_run is not { } run || !ReferenceEquals(run.Channel, channel)) return false;
            run.SetServing();
            if (_status.State == ChannelState.Serving) return false;
            if (_toldAt is { } toldAt) gap = time.GetElapsedTime(toldAt);
            _toldAt = null;
            Become(ChannelState.Serving, reason: null, failures: 0);
            if (gap is not null) _status = _status with { Gap = gap };
            return true;
        }
    }

    public void Become(ChannelState state, string? reason, int failures)
    {
        lock (_gate)
        {
            _status = _status with
            {
                State = state,
                Since = time.GetUtcNow(),
                SinceTimestamp = time.GetTimestamp(),
                Failures = failures,
                Reason = reason,
            };
            // What has no run to move to is not on its way any more.
            if (state is ChannelState.WaitingForDriver or ChannelState.BackingOff or ChannelState.Stopped)
                (_isMoving, _toldAt) = (Hold.IsWanted, null);
            TellChange();
        }
    }

    private IReadOnlyList<ChannelProblem> FindProblems() =>
        [.. new[] { Calls.FindProblem(), Lost.FindProblem() }.OfType<ChannelProblem>(), .. Traffic.Problems];

    private void TellChange()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
