using System.Threading.Channels;
using BridgeFramework.Configuration;
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

    private readonly ISubDeviceOperations _operations;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly BindingBook _bindings;
    private readonly TrackedSubDevice.Surroundings _around;
    private readonly TurnQueue _turns = new();
    private readonly EndedSubscriptions _ended;
    private readonly VersionPace _versions;
    private readonly UnbindInquiry _inquiry;
    private readonly HashSet<SubDeviceId> _underWay = []; // one action for each, an earlier life included
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _session;
    private int _attempt; // of the newest connection that was up
    private bool _connected;
    private bool _running;
    private bool _stopped;

    /// <param name="operations">The hub.</param>
    /// <param name="bindings">What the hub has said of whether they are bound, over restarts.</param>
    /// <param name="changed">Called with each new state, in order; must not block.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public SubDeviceReconciler(
        ISubDeviceOperations operations,
        BindingBook bindings,
        Action<SubDeviceId, CloudState> changed,
        TimeProvider time,
        ILogger<SubDeviceReconciler> logger)
    {
        (_operations, _bindings, _logger) = (operations, bindings, logger);
        _inquiry = new UnbindInquiry(operations, time, _gate);
        _ended = new EndedSubscriptions(time, _gate, Wake, logger);
        _around = new TrackedSubDevice.Surroundings(
            time, _gate, bindings, Enqueue, _underWay.Contains, _ended.Add, _inquiry.Begin, changed, logger);
        _versions = new VersionPace(time, _gate, Wake) { Spacing = _options.VersionSpacing };
    }

    /// <summary>Settles doubts about what is bound, until stopped.</summary>
    public Task InquireAsync(CancellationToken stopping) => _inquiry.RunAsync(stopping);

    /// <summary>Starts the actions, until stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        lock (_gate)
        {
            _running = true;
            foreach (var device in _devices.Values) device.ExpectPresence();
        }

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
                _ended.Forget();
                foreach (var device in _devices.Values) device.Stop();
            }

            await Task.WhenAll(actions);
        }
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

    private void BeginSession(bool connected)
    {
        _connected = connected;
        _session++;
        _ended.Forget();
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
            if (!_connected || _underWay.Count >= MaxUnderWay || !TryTake(out turn)) return false;
            _underWay.Add(turn.Asked.Id);
            if (turn.Version is not null) _versions.Begin();
            turn.Device?.Begin(turn.Action);
            return true;
        }
    }

    private bool TryTake(out Turn turn)
    {
        turn = default;
        if (_ended.Take(_underWay) is { } ended)
        {
            turn = new Turn(Device: null, ended, CloudAction.Unsubscribe, Version: null, _session);
            return true;
        }

        // A place that is not free yet cannot be given away.
        if (!_turns.TryTake(maySubscribe: _ended.IsEmpty, _versions.MayBegin, out var device, out var action)) return false;
        turn = new Turn(device, device.Device, action, action == CloudAction.AnnounceVersion ? device.FirmwareVersion : null, _session);
        return true;
    }

    private async Task ExecuteAsync(Turn turn, CancellationToken stopping)
    {
        CloudAnswer answer;
        try
        {
            answer = turn.Version is { } version
                ? await _operations.AnnounceVersionAsync(turn.Asked.Id, version, stopping)
                : await _operations.ExecuteAsync(turn.Action, turn.Asked, stopping);
        }
        catch (OperationCanceledException exception)
        {
            answer = new CloudAnswer(CloudEvent.Failed, exception.Message);
        }
        catch (Exception exception)
        {
            // A bug of ours; it must cost neither this sub-device nor a place for the others.
            SubDeviceLog.Threw(_logger, exception, turn.Action, turn.Asked.Id);
            answer = new CloudAnswer(CloudEvent.Failed, $"{turn.Action} threw {exception.GetType().Name}: {exception.Message}");
        }

        lock (_gate) End(turn, turn.Session == _session && !_stopped && !stopping.IsCancellationRequested ? answer : null);
    }

    /// <param name="turn">What ends.</param>
    /// <param name="answer">What came of it, or <see langword="null"/> if it was asked on a connection that is gone.</param>
    private void End(Turn turn, CloudAnswer? answer)
    {
        _underWay.Remove(turn.Asked.Id);
        if (turn.Version is not null) _versions.End();
        if (turn.Device is { } device)
        {
            device.End(turn.Action, turn.Asked, turn.Version, answer);
            RemoveIfParted(device);
        }
        else if (answer is { } known)
        {
            _ended.End(turn.Asked, known);
        }

        // A place is free: wakes the loop whatever there is to do about this one.
        if (_devices.TryGetValue(turn.Asked.Id, out var present)) Enqueue(present);
        else Wake();
    }

    private void Enqueue(TrackedSubDevice device)
    {
        _turns.Add(device);
        Wake();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    /// <param name="Device">The sub-device; null where a subscription ends.</param>
    /// <param name="Asked">The same as it was when the action began.</param>
    /// <param name="Action">What is asked.</param>
    /// <param name="Version">The version, where that is announced.</param>
    /// <param name="Session">The connection.</param>
    private readonly record struct Turn(TrackedSubDevice? Device, SubDevicePlan Asked, CloudAction Action, string? Version, int Session);
}
