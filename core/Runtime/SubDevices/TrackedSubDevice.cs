using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>One sub-device at the hub: what is known of it there, what is to be done about it next, and what
/// each answer of the hub means for it.</summary>
/// <remarks>Used under one lock; its alarms ring under that lock too.</remarks>
internal sealed class TrackedSubDevice
{
    private static readonly RetryBackoff Backoff = new(First: TimeSpan.FromSeconds(5), Longest: TimeSpan.FromMinutes(5));

    private readonly Surroundings _around;
    private readonly PresenceGoal _presence;
    private readonly CommandSubscription _commands;
    private readonly VersionInForce _version = new();
    private readonly Alarm _rest; // runs after a failure, until it may be asked again
    private volatile CloudState _state; // written under the lock, read from anywhere
    private string? _cloudReason;
    private int _failures;
    private bool _underWay;
    private CloudEvent? _meanwhile; // what the hub's people did while an action was under way
    private bool _justBound;        // our bind was accepted; whether the hub means it, the next answer tells
    private bool _unboundThere;     // who unbinds it at the hub does not want us to bind it again behind their back

    /// <param name="channel">The channel it is on.</param>
    /// <param name="device">Its configuration.</param>
    /// <param name="commands">Whether it is to be subscribed to.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="around">What it has in common with the others.</param>
    public TrackedSubDevice(string channel, SubDevicePlan device, CommandReach commands, SubDeviceOptions options, Surroundings around)
    {
        (Channel, Device, _around) = (channel, device, around);
        _commands = new CommandSubscription(commands, options.MaxSubscriptions);
        _presence = new PresenceGoal(
            device.Id, options.MaxPresenceChanges, around.Time, around.Gate, changed: AskAtOnce, released: () =>
                around.Enqueue(this), around.Logger);
        _rest = new Alarm(around.Time, around.Gate, () => around.Enqueue(this));
    }

    /// <summary>What all sub-devices of a gateway share.</summary>
    /// <param name="Time">The clock.</param>
    /// <param name="Gate">The lock.</param>
    /// <param name="Enqueue">There may be something to do about it.</param>
    /// <param name="Changed">Called with each new state.</param>
    /// <param name="Logger">The log.</param>
    internal sealed record Surroundings(
        TimeProvider Time, Lock Gate, Action<TrackedSubDevice> Enqueue, Action<SubDeviceId, CloudState> Changed, ILogger Logger);

    public string Channel { get; }

    public SubDevicePlan Device { get; }

    /// <summary>What the hub has of it, as far as is known. Safe to read without the lock.</summary>
    public CloudState State => _state;

    /// <summary>What its driver said last of its firmware.</summary>
    public string? FirmwareVersion => _version.Said;

    /// <summary>What to do about it now.</summary>
    public CloudAction Next => _underWay || _rest.IsSet
        ? CloudAction.Nothing
        : CloudTransition.Decide(
            _state, _presence.Goal, mayBind: Device.CanBind && !_unboundThere, isDeaf: _commands.IsDue, isVersionUntold: _version.IsUntold);

    public SubDeviceStatus Status => new()
    {
        Id = Device.Id,
        Channel = Channel,
        Presence = _presence.Presence,
        Cloud = _state,
        Commands = _commands.Reach,
        FirmwareVersion = _version.Said,
        IsFlapping = _presence.IsHeld,
        Reason = _cloudReason ?? _presence.HeldReason ?? _presence.Reason ?? _commands.Reason,
    };

    /// <summary>From now on the channel, if it has one, is expected to say something of it.</summary>
    public void ExpectPresence()
    {
        if (Channel.Length > 0) _presence.Expect();
    }

    /// <summary>An operator decides by hand what its presence is.</summary>
    /// <param name="presence">What it is to count as.</param>
    /// <param name="reason">In words.</param>
    /// <param name="answered">What the hub has answered to the order, if it has.</param>
    public void Override(Presence presence, string? reason, CloudState? answered)
    {
        _presence.Override(presence, reason);
        if (answered is { } state) Learn(state);
    }

    /// <summary>The channel says something of it.</summary>
    public void SetPresence(Presence presence, string? reason) => _presence.Set(presence, reason);

    /// <summary>The channel says which firmware it runs.</summary>
    public void SetFirmwareVersion(string version)
    {
        _version.Said = version;
        if (_version.IsUntold) _around.Enqueue(this);
    }

    /// <summary>The hub is to be told once more which firmware it runs: it says then what it wants it to run.</summary>
    public void AnnounceVersionAgain()
    {
        _version.Forget();
        if (_version.IsUntold) _around.Enqueue(this);
    }

    /// <summary>An action begins; <see cref="End"/> tells what came of it.</summary>
    public void Begin(CloudAction action)
    {
        _underWay = true;
        if (action == CloudAction.AnnounceVersion) _version.Begin();
        Move(CloudTransition.Started(action));
    }

    /// <param name="action">What ends.</param>
    /// <param name="version">The version, where that was to be announced.</param>
    /// <param name="answer">What came of it, or <see langword="null"/> if it was asked on a connection that is gone.</param>
    public void End(CloudAction action, string? version, CloudAnswer? answer)
    {
        var meanwhile = _meanwhile;
        (_underWay, _meanwhile) = (false, null);
        if (answer is not { } known) return;
        if (version is not null)
        {
            if (meanwhile is null) TakeAnnouncement(version, known);
        }
        else if (action == CloudAction.Subscribe)
        {
            if (meanwhile is null && _state == CloudState.Online) TakeSubscription(known);
        }
        else if (CloudTransition.IsUnderWay(_state))
        {
            TakeAnswer(action, known);
            if (meanwhile == CloudEvent.BoundThere) Move(CloudTransition.Next(_state, CloudEvent.BoundThere));
        }
        else if (known.Event == CloudEvent.Accepted)
        {
            // A change overtook the answer, or the answer the change: only the hub knows which.
            Move(CloudState.Unknown);
        }
    }

    /// <summary>The hub's own people bound or unbound it.</summary>
    public void ChangeTopology(bool bound)
    {
        var happened = bound ? CloudEvent.BoundThere : CloudEvent.UnboundThere;
        (_unboundThere, _justBound, _failures) = (!bound, false, 0);
        if (_underWay) _meanwhile = happened;
        _rest.Clear();
        _cloudReason = bound ? null : "Unbound at the hub: bind it there, or by hand with 'bridge device bind'.";
        Move(CloudTransition.Next(_state, happened));
        _around.Enqueue(this);
    }

    /// <summary>The hub's own people bound or unbound it, on a connection that has ended since.</summary>
    public void HearLate(bool bound)
    {
        if (bound)
        {
            _unboundThere = false;
            if (_state is CloudState.Unbound or CloudState.Refused) ChangeTopology(bound: true);
            return;
        }

        // If it still is unbound, its next answer says so; then it is not bound again behind their back.
        _unboundThere = true;
        if (_state == CloudState.Online) Move(CloudState.Unknown);
        _around.Enqueue(this);
    }

    /// <summary>Word of the hub may have been missed: compares with its list of what is bound now.</summary>
    public void Compare(bool isListed)
    {
        if (isListed)
        {
            if (_state is CloudState.Unbound or CloudState.Refused) ChangeTopology(bound: true);
        }
        else if (_state is CloudState.Online or CloudState.Bound or CloudState.Offline)
        {
            HearLate(bound: false); // the list may be a part only
        }
    }

    /// <summary>Another connection, or none: nothing is known of the hub any more.</summary>
    public void ForgetHub()
    {
        (_failures, _justBound, _meanwhile, _cloudReason) = (0, false, null, null);
        _rest.Clear();
        _version.Forget();
        Move(CloudTransition.Next(_state, CloudEvent.SessionLost));
    }

    public void StopWaiting()
    {
        _rest.Clear();
        _presence.StopWaiting();
    }

    /// <summary>The hub has answered an operator's order: that is how it stands, unless an answer that may
    /// say otherwise is awaited.</summary>
    private void Learn(CloudState state)
    {
        if (CloudTransition.IsUnderWay(_state)) return; // a subscription says nothing of it
        _rest.Clear();
        (_failures, _cloudReason) = (0, null);
        Move(state);
    }

    private void TakeAnswer(CloudAction action, CloudAnswer answer)
    {
        _cloudReason = answer.Reason;
        Move(CloudTransition.Next(_state, answer.Event));
        switch (answer.Event)
        {
            case CloudEvent.Accepted:
                (_unboundThere, _justBound) = (false, action == CloudAction.Bind);
                if (!_justBound) _failures = 0;
                break;
            case CloudEvent.NotBound when _justBound:
                // The hub contradicts itself; without a rest this would go on at full pace.
                Rest("The hub accepted to bind it and says now that it is not bound");
                break;
            case CloudEvent.Failed:
                Rest(answer.Reason);
                break;
            case CloudEvent.Refused:
                SubDeviceLog.Refused(_around.Logger, Device.Id, answer.Reason ?? "no reason given");
                break;
            case CloudEvent.NotBound when !Device.CanBind:
                _cloudReason ??= "It is not bound to this gateway and has no 'secret' to bind it with.";
                SubDeviceLog.Refused(_around.Logger, Device.Id, _cloudReason);
                break;
            default:
                break;
        }
    }

    private void TakeSubscription(CloudAnswer answer)
    {
        if (answer.Event == CloudEvent.Failed)
        {
            Rest(answer.Reason);
            return;
        }

        _failures = 0;
        _commands.Take(answer);
        if (_commands.Reach == CommandReach.Refused) SubDeviceLog.Deaf(_around.Logger, Device.Id, answer.Reason ?? "no reason given");
    }

    private void TakeAnnouncement(string version, CloudAnswer answer)
    {
        if (answer.Event == CloudEvent.Accepted) _version.Confirm(version);
        if (_state != CloudState.Online) return;
        if (answer.Event == CloudEvent.Accepted) _failures = 0;
        else Rest($"the version of its firmware did not reach the hub: {answer.Reason}");
    }

    /// <summary>New word from the field is worth asking the hub again, whatever failed before.</summary>
    private void AskAtOnce()
    {
        _rest.Clear();
        _around.Enqueue(this);
    }

    private void Rest(string? reason)
    {
        var rest = Backoff.After(++_failures);
        SubDeviceLog.Failed(_around.Logger, Device.Id, reason ?? "no answer", rest.TotalSeconds);
        _rest.Set(rest);
    }

    private void Move(CloudState state)
    {
        var from = _state;
        if (from == state) return;
        _state = state;
        if (from == CloudState.Online) _commands.Forget();
        if (state == CloudState.Unbound) _version.Forget(); // another gateway may have said another since
        SubDeviceLog.Moved(_around.Logger, Device.Id, from, state);
        if (state == CloudState.Online) SubDeviceLog.Online(_around.Logger, Device.Id, _presence.Reason ?? $"channel {Channel}");
        if (state == CloudState.Offline) SubDeviceLog.Offline(_around.Logger, Device.Id, _presence.Reason ?? "absent");
        _around.Changed(Device.Id, state);
    }
}
