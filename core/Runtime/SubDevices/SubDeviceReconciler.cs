using System.Threading.Channels;
using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Brings the hub's view of each sub-device to what its channel says now, with as few messages as it takes.</summary>
/// <remarks>
/// One loop starts the actions; everyone else leaves word and wakes it. At most <see cref="MaxUnderWay"/> actions are under way
/// at a time, one for each sub-device. An answer counts only for the connection it was asked on.
/// </remarks>
internal sealed class SubDeviceReconciler
{
    /// <summary>Enough to keep the connection's pace of 15 a second with a hub that takes a second to answer.</summary>
    internal const int MaxUnderWay = 16;

    private readonly ISubDeviceOperations _operations;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<SubDeviceId, TrackedSubDevice> _devices = []; // the same ones for ever
    private readonly TurnQueue _turns = new();
    private readonly VersionPace _versions;
    private readonly UnbindInquiry _inquiry;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _session;
    private int _attempt; // of the newest connection that was up
    private bool _connected;
    private bool _stopped;
    private int _underWay;

    /// <param name="devices">All sub-devices of the gateway, with their channels; the name is empty where there is none.</param>
    /// <param name="operations">The hub.</param>
    /// <param name="bindings">What the hub has said of whether they are bound, over restarts.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="changed">Called with each new state, in order; must not block.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public SubDeviceReconciler(
        IReadOnlyCollection<(string Channel, SubDevicePlan Device)> devices,
        ISubDeviceOperations operations,
        BindingBook bindings,
        SubDeviceOptions options,
        Action<SubDeviceId, CloudState> changed,
        TimeProvider time,
        ILogger<SubDeviceReconciler> logger)
    {
        _operations = operations;
        _logger = logger;
        _inquiry = new UnbindInquiry(operations, time, _gate);
        var around = new TrackedSubDevice.Surroundings(time, _gate, bindings, Enqueue, _inquiry.Begin, changed, logger);
        _versions = new VersionPace(options.VersionSpacing, time, _gate, Wake);
        // Without a channel there is nobody to carry out a command.
        var commandable = devices.Where(pair => pair.Channel.Length > 0 && SubscriptionBudget.TakesCommands(pair.Device))
            .Select(pair => pair.Device).ToList();
        var takeCommands = commandable.Select(device => device.Id).ToHashSet();
        var reachable = SubscriptionBudget.Share(commandable, options.MaxSubscriptions);
        int unreachable = 0;
        foreach (var (channel, device) in devices)
        {
            var commands = !takeCommands.Contains(device.Id) ? CommandReach.None
                : reachable.Contains(device.Id) ? CommandReach.Pending
                : CommandReach.OverBudget;
            if (commands == CommandReach.OverBudget) unreachable++;
            _devices.Add(device.Id, new TrackedSubDevice(channel, device, commands, options, around));
        }

        if (unreachable > 0) SubDeviceLog.OverBudget(_logger, options.MaxSubscriptions, unreachable);
    }

    /// <summary>Settles doubts about what is bound, until stopped.</summary>
    public Task InquireAsync(CancellationToken stopping) => _inquiry.RunAsync(stopping);

    /// <summary>Starts the actions, until stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        ForEach(device => device.ExpectPresence());
        var actions = new HashSet<Task>();
        try
        {
            while (await _wake.Reader.WaitToReadAsync(stopping))
            {
                _wake.Reader.TryRead(out _);
                actions.RemoveWhere(task => task.IsCompleted);
                // What is cancelled comes to nothing at once and would be begun again for ever.
                while (!stopping.IsCancellationRequested && TryStart(out var turn)) actions.Add(ExecuteAsync(turn, stopping));
            }
        }
        finally
        {
            lock (_gate)
            {
                _stopped = true;
                _versions.StopWaiting();
            }

            ForEach(device => device.StopWaiting());
            await Task.WhenAll(actions);
        }
    }

    /// <summary>Takes what a channel says of a sub-device.</summary>
    public void SetPresence(SubDeviceId id, Presence presence, string? reason)
    {
        lock (_gate)
            if (!_stopped && _devices.TryGetValue(id, out var device)) device.SetPresence(presence, reason);
    }

    /// <summary>Takes what a channel says of a sub-device's firmware. It stands until the channel says
    /// another, whatever becomes of the channel.</summary>
    public void SetFirmwareVersion(SubDeviceId id, string version)
    {
        lock (_gate)
            if (!_stopped && _devices.TryGetValue(id, out var device)) device.SetFirmwareVersion(version);
    }

    /// <summary>Has the hub told once more which firmware a sub-device runs.</summary>
    public void AnnounceVersionAgain(SubDeviceId id)
    {
        lock (_gate)
            if (!_stopped && _devices.TryGetValue(id, out var device)) device.AnnounceVersionAgain();
    }

    /// <summary>Takes what an operator says of a sub-device in place of its channel.</summary>
    /// <param name="id">The sub-device.</param>
    /// <param name="presence">What it is to count as.</param>
    /// <param name="reason">In words.</param>
    /// <param name="answered">What the hub has answered to the operator's order already, so that it is not
    /// asked again; null if it has not.</param>
    public void Override(SubDeviceId id, Presence presence, string? reason, CloudState? answered)
    {
        lock (_gate)
        {
            if (!_stopped && _devices.TryGetValue(id, out var device)) device.Override(presence, reason, answered);
        }
    }

    /// <summary>The connection to the hub is up: everything is told to it anew.</summary>
    /// <param name="attempt">The connection; see <see cref="IotHub.HubSessionStatus.Attempt"/>.</param>
    public void SessionUp(int attempt)
    {
        lock (_gate)
        {
            _attempt = attempt;
            BeginSession(connected: true);
        }
    }

    /// <summary>The connection to the hub is gone.</summary>
    public void SessionLost()
    {
        lock (_gate) BeginSession(connected: false);
    }

    /// <summary>A sub-device was bound or unbound just now.</summary>
    public void TopologyChanged(SubDeviceId id, bool bound)
    {
        lock (_gate)
            if (_devices.TryGetValue(id, out var device)) device.ChangeTopology(bound);
    }

    /// <summary>The hub says that its own people bound or unbound a sub-device.</summary>
    /// <param name="id">The sub-device.</param>
    /// <param name="bound">Bound or unbound.</param>
    /// <param name="attempt">The connection that said so. If there has been another one since, how it stands now the hub must say.</param>
    public void TopologyChanged(SubDeviceId id, bool bound, int attempt)
    {
        lock (_gate)
            if (_devices.TryGetValue(id, out var device)) Hear(device, bound, attempt);
    }

    /// <summary>The hub says that its own people unbound everything.</summary>
    /// <param name="attempt">The connection that said so, as above.</param>
    public void AllUnbound(int attempt) => ForEach(device => Hear(device, bound: false, attempt));

    /// <summary>Word of the hub was missed: looks at what it says is bound now, and asks about the rest.</summary>
    /// <param name="bound">The hub's list. One that is missing may be on a part of the list that did not fit: it proves nothing.</param>
    public void NotificationsMissed(IReadOnlySet<SubDeviceId> bound) => ForEach(device => device.Compare(bound.Contains(device.Device.Id)));

    /// <summary>What the hub has of a sub-device, as far as is known; <see cref="CloudState.Unknown"/> of one
    /// that the gateway does not have.</summary>
    /// <remarks>Here and nowhere else: who acts on it asks. It takes no lock, so it can be asked under any.</remarks>
    public CloudState StateOf(SubDeviceId id) => _devices.TryGetValue(id, out var device) ? device.State : CloudState.Unknown;

    /// <summary>Whether a sub-device was bound once, and is a person's to bind again.</summary>
    public bool IsKeptUnbound(SubDeviceId id)
    {
        lock (_gate) return _devices.TryGetValue(id, out var device) && device.IsKeptUnbound;
    }

    public IReadOnlyList<SubDeviceStatus> Snapshot()
    {
        lock (_gate) return [.. _devices.Values.Select(device => device.Status)];
    }

    private void ForEach(Action<TrackedSubDevice> action)
    {
        lock (_gate)
            foreach (var device in _devices.Values) action(device);
    }

    private void Hear(TrackedSubDevice device, bool bound, int attempt)
    {
        if (attempt < _attempt) device.HearLate(bound);
        else device.ChangeTopology(bound);
    }

    private void BeginSession(bool connected)
    {
        _connected = connected;
        _session++;
        foreach (var device in _devices.Values)
        {
            device.ForgetHub();
            if (connected) Enqueue(device);
        }
    }

    private bool TryStart(out Turn turn)
    {
        lock (_gate)
        {
            turn = default;
            if (!_connected || _underWay >= MaxUnderWay || !_turns.TryTake(_versions.MayBegin, out var device, out var action))
                return false;
            _underWay++;
            if (action == CloudAction.AnnounceVersion) _versions.Begin();
            device.Begin(action);
            turn = new Turn(device, action, action == CloudAction.AnnounceVersion ? device.FirmwareVersion : null, _session);
            return true;
        }
    }

    private async Task ExecuteAsync(Turn turn, CancellationToken stopping)
    {
        CloudAnswer answer;
        try
        {
            answer = turn.Version is { } version
                ? await _operations.AnnounceVersionAsync(turn.Device.Device.Id, version, stopping)
                : await _operations.ExecuteAsync(turn.Action, turn.Device.Device, stopping);
        }
        catch (OperationCanceledException exception)
        {
            answer = new CloudAnswer(CloudEvent.Failed, exception.Message);
        }
        catch (Exception exception)
        {
            // A bug of ours; it must cost neither this sub-device nor a place for the others.
            SubDeviceLog.Threw(_logger, exception, turn.Action, turn.Device.Device.Id);
            answer = new CloudAnswer(CloudEvent.Failed, $"{turn.Action} threw {exception.GetType().Name}: {exception.Message}");
        }

        lock (_gate)
        {
            _underWay--;
            if (turn.Version is not null) _versions.End();
            turn.Device.End(
                turn.Action, turn.Version, turn.Session == _session && !_stopped && !stopping.IsCancellationRequested ? answer : null);
            Enqueue(turn.Device); // a place is free: wakes the loop whatever there is to do about this one
        }
    }

    private void Enqueue(TrackedSubDevice device)
    {
        _turns.Add(device);
        Wake();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private readonly record struct Turn(TrackedSubDevice Device, CloudAction Action, string? Version, int Session);
}
