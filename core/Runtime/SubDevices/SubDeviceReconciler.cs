using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Brings the hub's view of each sub-device to what its channel says now, with as few messages as it takes.</summary>
/// <remarks>
/// One loop starts the actions; everyone else leaves word and wakes it. At most <see cref="MaxUnderWay"/> actions are under way
/// at a time, one for each sub-device. An answer counts only for the connection it was asked on.
/// </remarks>
internal sealed partial class SubDeviceReconciler
{
    /// <summary>Enough to keep the connection's pace of 15 a second with a hub that takes a second to answer.</summary>
    internal const int MaxUnderWay = 16;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(5);

    /// <summary>How long a channel may say nothing (start, restart, swap) before its sub-devices are taken offline.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private readonly ISubDeviceOperations _operations;
    private readonly Action<SubDeviceId, CloudState> _changed;
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<SubDeviceId, TrackedSubDevice> _devices = [];
    private readonly TurnQueue _turns = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _session;
    private bool _connected;
    private bool _stopped;
    private int _underWay;

    /// <param name="devices">All sub-devices of the gateway, with their channels.</param>
    /// <param name="operations">The hub.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="changed">Told each new state, in order; must not block.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public SubDeviceReconciler(
        IReadOnlyCollection<(string Channel, SubDeviceConfiguration Device)> devices,
        ISubDeviceOperations operations,
        SubDeviceOptions options,
        Action<SubDeviceId, CloudState> changed,
        TimeProvider time,
        ILogger<SubDeviceReconciler> logger)
    {
        _operations = operations;
        _changed = changed;
        _time = time;
        _startedAt = time.GetTimestamp();
        _logger = logger;
        var reachable = SubscriptionBudget.Share(devices.Select(pair => pair.Device), options.MaxSubscriptions);
        foreach (var (channel, device) in devices) _devices.Add(device.Id, Track(channel, device, reachable.Contains(device.Id), options));
        int unreachable = _devices.Values.Count(device => device.Commands == CommandReach.OverBudget);
        if (unreachable > 0) LogOverBudget(_logger, options.MaxSubscriptions, unreachable);
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        lock (_gate)
            foreach (var device in _devices.Values.Where(device => device.Presence == Presence.Unknown)) device.Grace.Set(Grace);
        var actions = new HashSet<Task>();
        try
        {
            while (await _wake.Reader.WaitToReadAsync(stopping))
            {
                _wake.Reader.TryRead(out _);
                actions.RemoveWhere(task => task.IsCompleted);
                while (TryStart(out var turn)) actions.Add(ExecuteAsync(turn, stopping));
            }
        }
        finally
        {
            lock (_gate)
            {
                _stopped = true;
                foreach (var device in _devices.Values) device.StopWaiting();
            }

            await Task.WhenAll(actions);
        }
    }

    /// <summary>Takes what a channel says of a sub-device.</summary>
    public void SetPresence(SubDeviceId id, Presence presence, string? reason)
    {
        lock (_gate)
        {
            if (_stopped || !_devices.TryGetValue(id, out var device)) return;
            device.PresenceReason = reason;
            if (device.Presence == presence) return;
            device.Presence = presence;
            LogPresence(_logger, id, presence, reason is null ? "" : $" ({reason})");
            if (presence == Presence.Unknown)
            {
                device.Grace.Set(Grace);
                return;
            }

            device.Grace.Clear();
            Want(device, presence == Presence.Present ? CloudGoal.Online : CloudGoal.Offline);
        }
    }

    /// <summary>The connection to the hub is up: everything is told to it anew.</summary>
    public void SessionUp()
    {
        lock (_gate)
        {
            _connected = true;
            NewSession();
            foreach (var device in _devices.Values) Enqueue(device);
        }
    }

    /// <summary>The connection to the hub is gone.</summary>
    public void SessionLost()
    {
        lock (_gate)
        {
            if (!_connected) return;
            _connected = false;
            NewSession();
        }
    }

    /// <summary>The hub's own people bound or unbound a sub-device.</summary>
    public void TopologyChanged(SubDeviceId id, bool bound)
    {
        lock (_gate)
            if (_devices.TryGetValue(id, out var device)) ChangeTopology(device, bound);
    }

    /// <summary>The hub's own people unbound everything.</summary>
    public void AllUnbound()
    {
        lock (_gate)
            foreach (var device in _devices.Values) ChangeTopology(device, bound: false);
    }

    /// <summary>Word of the hub was missed: looks at what it says is bound now, and asks about the rest.</summary>
    /// <param name="bound">The hub's list. One that is missing may be on a part of the list that did not fit: it proves nothing.</param>
    public void NotificationsMissed(IReadOnlySet<SubDeviceId> bound)
    {
        lock (_gate)
        {
            foreach (var (id, device) in _devices)
            {
                if (bound.Contains(id))
                {
                    if (device.State is CloudState.Unbound or CloudState.Refused) ChangeTopology(device, bound: true);
                }
                else if (device.State is CloudState.Online or CloudState.Bound or CloudState.Offline)
                {
                    // If it is not bound any more, then it was unbound there. Only an answer tells.
                    device.UnboundThere = true;
                    if (device.State == CloudState.Online) Move(device, CloudState.Unknown);
                    Enqueue(device);
                }
            }
        }
    }

    public IReadOnlyList<SubDeviceStatus> Snapshot()
    {
        lock (_gate) return [.. _devices.Values.Select(device => device.Status)];
    }

    private TrackedSubDevice Track(string channel, SubDeviceConfiguration device, bool isReachable, SubDeviceOptions options)
    {
        TrackedSubDevice? tracked = null;
        var commands = !SubscriptionBudget.TakesCommands(device) ? CommandReach.None
            : isReachable ? CommandReach.Pending
            : CommandReach.OverBudget;
        tracked = new TrackedSubDevice(channel, device, commands, new FlapDamper(options.MaxPresenceChanges))
        {
            CommandsReason = commands == CommandReach.OverBudget
                ? $"Commands do not reach it: 'hub.maxSubscriptions' ({options.MaxSubscriptions}) are used up."
                : null,
            // ! they ring after they were set, which is after this
            Rest = new Alarm(_time, _gate, () => Enqueue(tracked!)),
            Grace = new Alarm(_time, _gate, () => Want(tracked!, CloudGoal.Offline)),
            Calm = new Alarm(_time, _gate, () => EndFlapping(tracked!)),
        };
        return tracked;
    }

    private bool TryStart(out Turn turn)
    {
        lock (_gate)
        {
            turn = default;
            if (!_connected || _underWay >= MaxUnderWay || !_turns.TryTake(out var device, out var action)) return false;
            device.UnderWay = true;
            _underWay++;
            Move(device, CloudTransition.Started(action));
            turn = new Turn(device, action, _session);
            return true;
        }
    }

    private async Task ExecuteAsync(Turn turn, CancellationToken stopping)
    {
        CloudAnswer answer;
        try
        {
            answer = await _operations.ExecuteAsync(turn.Action, turn.Device.Device, stopping);
        }
        catch (OperationCanceledException)
        {
            answer = new CloudAnswer(CloudEvent.Failed, "Cancelled.");
        }
        catch (Exception exception)
        {
            // A bug of ours; it must cost neither this sub-device nor a place for the others.
            LogThrew(_logger, exception, turn.Action, turn.Device.Device.Id);
            answer = new CloudAnswer(CloudEvent.Failed, $"{turn.Action} threw {exception.GetType().Name}: {exception.Message}");
        }

        lock (_gate)
        {
            _underWay--;
            var meanwhile = turn.Device.Meanwhile;
            (turn.Device.UnderWay, turn.Device.Meanwhile) = (false, null);
            if (turn.Session == _session && !_stopped) Take(turn.Device, turn.Action, answer, meanwhile);
            Enqueue(turn.Device); // a place is free: wakes the loop whatever there is to do about this one
        }
    }

    private void Take(TrackedSubDevice device, CloudAction action, CloudAnswer answer, CloudEvent? meanwhile)
    {
        if (action == CloudAction.Subscribe)
        {
            if (meanwhile is null && device.State == CloudState.Online) TakeSubscription(device, answer);
        }
        else if (CloudTransition.IsUnderWay(device.State))
        {
            TakeAnswer(device, action, answer);
            if (meanwhile == CloudEvent.BoundThere) Move(device, CloudTransition.Next(device.State, CloudEvent.BoundThere));
        }
        else if (answer.Event == CloudEvent.Accepted)
        {
            // A change overtook the answer, or the answer the change: only the hub knows which.
            Move(device, CloudState.Unknown);
        }
    }

    private void TakeAnswer(TrackedSubDevice device, CloudAction action, CloudAnswer answer)
    {
        device.CloudReason = answer.Reason;
        Move(device, CloudTransition.Next(device.State, answer.Event));
        switch (answer.Event)
        {
            case CloudEvent.Accepted:
                (device.UnboundThere, device.JustBound) = (false, action == CloudAction.Bind);
                if (!device.JustBound) device.Failures = 0;
                break;
            case CloudEvent.NotBound when device.JustBound:
                // The hub contradicts itself; without a rest this would go on at full pace.
                Rest(device, "The hub accepted to bind it and says now that it is not bound");
                break;
            case CloudEvent.Failed:
                Rest(device, answer.Reason);
                break;
            case CloudEvent.Refused:
                LogRefused(_logger, device.Device.Id, answer.Reason ?? "no reason given");
                break;
            case CloudEvent.NotBound when device.Device.Secret is null:
                device.CloudReason ??= "It is not bound to this gateway and has no 'secret' to bind it with.";
                LogRefused(_logger, device.Device.Id, device.CloudReason);
                break;
            default:
                break;
        }
    }

    private void TakeSubscription(TrackedSubDevice device, CloudAnswer answer)
    {
        if (answer.Event == CloudEvent.Failed)
        {
            Rest(device, answer.Reason);
            return;
        }

        (device.Failures, device.CommandsReason) = (0, answer.Reason);
        device.Commands = answer.Event == CloudEvent.Accepted ? CommandReach.Reachable : CommandReach.Refused;
        if (device.Commands == CommandReach.Refused) LogDeaf(_logger, device.Device.Id, answer.Reason ?? "no reason given");
    }

    private void ChangeTopology(TrackedSubDevice device, bool bound)
    {
        var happened = bound ? CloudEvent.BoundThere : CloudEvent.UnboundThere;
        (device.UnboundThere, device.JustBound, device.Failures) = (!bound, false, 0);
        if (device.UnderWay) device.Meanwhile = happened;
        device.Rest.Clear();
        device.CloudReason = bound ? null : "Unbound at the hub; bind it there, or restart the gateway.";
        Move(device, CloudTransition.Next(device.State, happened));
        Enqueue(device);
    }

    private void Want(TrackedSubDevice device, CloudGoal goal)
    {
        var (before, wasHolding) = (device.Goal, device.Flaps.IsHolding);
        device.Flaps.Want(goal, Elapsed);
        if (device.Flaps.IsHolding && !wasHolding)
        {
            LogFlapping(_logger, device.Device.Id, device.Goal);
            device.Calm.Set(FlapDamper.Calm);
        }

        if (device.Goal == before) return;
        device.Rest.Clear(); // new word from the field is worth asking again at once
        Enqueue(device);
    }

    private void EndFlapping(TrackedSubDevice device)
    {
        if (device.Flaps.TryRelease(Elapsed, out var wait)) Enqueue(device);
        else device.Calm.Set(wait);
    }

    private TimeSpan Elapsed => _time.GetElapsedTime(_startedAt);

    private void Rest(TrackedSubDevice device, string? reason)
    {
        var rest = RetryAfter(++device.Failures);
        LogFailed(_logger, device.Device.Id, reason ?? "no answer", rest.TotalSeconds);
        device.Rest.Set(rest);
    }

    private void NewSession()
    {
        _session++;
        foreach (var device in _devices.Values)
        {
            device.ForgetHub();
            Move(device, CloudTransition.Next(device.State, CloudEvent.SessionLost));
        }
    }

    private void Move(TrackedSubDevice device, CloudState state)
    {
        var from = device.State;
        if (from == state) return;
        device.Enter(state);
        LogMoved(_logger, device.Device.Id, from, state);
        if (state == CloudState.Online) LogOnline(_logger, device.Device.Id, device.Channel);
        if (state == CloudState.Offline) LogOffline(_logger, device.Device.Id, device.PresenceReason ?? "absent");
        _changed(device.Device.Id, state);
    }

    private void Enqueue(TrackedSubDevice device)
    {
        _turns.Add(device);
        _wake.Writer.TryWrite(true);
    }

    private static TimeSpan RetryAfter(int failures)
    {
        var wait = FirstRetry * Math.Pow(2, Math.Min(failures - 1, 10));
        return wait < LastRetry ? wait : LastRetry;
    }

    private readonly record struct Turn(TrackedSubDevice Device, CloudAction Action, int Session);

    [LoggerMessage(4001, LogLevel.Information, "{Device} is {Presence}{Reason}")]
    private static partial void LogPresence(ILogger logger, SubDeviceId device, Presence presence, string reason);

    [LoggerMessage(4002, LogLevel.Debug, "{Device} at the hub: {From} -> {To}")]
    private static partial void LogMoved(ILogger logger, SubDeviceId device, CloudState from, CloudState to);

    [LoggerMessage(4003, LogLevel.Information, "{Device} is online (channel {Channel})")]
    private static partial void LogOnline(ILogger logger, SubDeviceId device, string channel);

    [LoggerMessage(4004, LogLevel.Information, "{Device} is offline ({Reason})")]
    private static partial void LogOffline(ILogger logger, SubDeviceId device, string reason);

    [LoggerMessage(4005, LogLevel.Error, "The hub does not take {Device}: {Reason}")]
    private static partial void LogRefused(ILogger logger, SubDeviceId device, string reason);

    [LoggerMessage(4006, LogLevel.Warning, "{Device}: {Reason}; asking again in {Seconds:0} s")]
    private static partial void LogFailed(ILogger logger, SubDeviceId device, string reason, double seconds);

    [LoggerMessage(4007, LogLevel.Warning, "The presence of {Device} flaps: held {Goal} at the hub until it has been the same for a minute")]
    private static partial void LogFlapping(ILogger logger, SubDeviceId device, CloudGoal goal);

    [LoggerMessage(4008, LogLevel.Warning, "'hub.maxSubscriptions' is {Max}: commands will not reach {Count} sub-devices; the status names them")]
    private static partial void LogOverBudget(ILogger logger, int max, int count);

    [LoggerMessage(4009, LogLevel.Warning, "{Device} is online, but commands will not reach it: {Reason}")]
    private static partial void LogDeaf(ILogger logger, SubDeviceId device, string reason);

    [LoggerMessage(4010, LogLevel.Error, "{Action} of {Device} threw")]
    private static partial void LogThrew(ILogger logger, Exception exception, CloudAction action, SubDeviceId device);
}
