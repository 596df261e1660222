using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>One sub-device at the hub: what is known of it there, what is to be done about it next, and what
/// each answer of the hub means for it.</summary>
/// <remarks>Used under one lock; its alarms ring under that lock too.</remarks>
internal sealed partial class TrackedSubDevice
{
    private readonly Surroundings _around;
    private readonly PresenceGoal _presence;
    private readonly CommandSubscription _commands = new();
    private readonly VersionInForce _version = new();
    private readonly SubDeviceBinding _binding;
    private readonly AskingRests _rests;
    private volatile CloudState _state; // written under the lock, read from anywhere
    private string? _cloudReason;
    private bool _underWay;
    private CloudEvent? _meanwhile; // what the hub's people did while an action was under way
    private bool _isToldUnbound; // in the log, since it was last bound

    /// <param name="channel">The channel it is on; empty for none.</param>
    /// <param name="device">Its configuration.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="around">What it has in common with the others.</param>
    public TrackedSubDevice(string channel, SubDevicePlan device, SubDeviceOptions options, Surroundings around)
    {
        (Channel, Device, _around) = (channel, device, around);
        _presence = new PresenceGoal(
            device.Id, options.MaxPresenceChanges, around.Time, around.Gate, changed: AskAtOnce, released: () =>
                around.Enqueue(this), around.Logger);
        _binding = new SubDeviceBinding(around.Bindings) { Device = device, Policy = options.Rebind };
        _rests = new AskingRests(around.Time, around.Gate, options.Dice, over: () => around.Enqueue(this), aged: AskOnceMore);
    }

    /// <summary>What all sub-devices of a gateway share.</summary>
    /// <param name="Time">The clock.</param>
    /// <param name="Gate">The lock.</param>
    /// <param name="Bindings">What the hub has said of whether they are bound, over restarts.</param>
    /// <param name="Enqueue">There may be something to do about it.</param>
    /// <param name="IsBusy">Whether something is under way for a sub-device, be it for an earlier life of it.</param>
    /// <param name="Unsubscribe">Takes what the hub is not to be subscribed with any more.</param>
    /// <param name="Doubt">The hub says that it is not bound, though it was: is that so?</param>
    /// <param name="Changed">Called with each new state.</param>
    /// <param name="Logger">The log.</param>
    internal sealed record Surroundings(
        TimeProvider Time,
        Lock Gate,
        BindingBook Bindings,
        Action<TrackedSubDevice> Enqueue,
        Func<SubDeviceId, bool> IsBusy,
        Action<SubDevicePlan> Unsubscribe,
        Action<TrackedSubDevice> Doubt,
        Action<SubDeviceId, CloudState> Changed,
        ILogger Logger);

    public string Channel { get; private set; }

    public SubDevicePlan Device { get; private set; }

    /// <summary>What the hub has of it, as far as is known. Safe to read without the lock.</summary>
    public CloudState State => _state;

    /// <summary>What its driver said last of its firmware.</summary>
    public string? FirmwareVersion => _version.Said;

    /// <summary>What its channel says of its presence.</summary>
    public Presence Seen => _presence.Seen;

    /// <summary>What an operator has ordered in place of that.</summary>
    public ManualOverride Held => _presence.Held;

    /// <summary>Whether it was bound once, and is a person's to bind again.</summary>
    public bool IsKeptUnbound => _binding.IsKeptUnbound;

    /// <summary>What to do about it now.</summary>
    public CloudAction Next => _underWay || _rests.IsAfterFailure || _around.IsBusy(Device.Id) ? CloudAction.Nothing : _stage switch
    {
        PlanStage.Gone => CloudAction.Nothing,
        PlanStage.Parting => CloudTransition.DecideParting(_state, _unbinds),
        var stage => CloudTransition.Decide(
            _state,
            _presence.Goal,
            mayBind: stage == PlanStage.Named && _binding.MayBind,
            isDeaf: _commands.IsDue,
            isVersionUntold: stage == PlanStage.Named && _version.IsUntold),
    };

    public SubDeviceStatus Status => new()
    {
        Id = Device.Id,
        Channel = Channel,
        Presence = _presence.Seen,
        Cloud = _state,
        Commands = _commands.Reach,
        FirmwareVersion = _version.Said,
        IsFlapping = _presence.IsHeld,
        IsLeaving = _stage != PlanStage.Named,
        Reason = _cloudReason ?? _stage.InWords() ?? _presence.HeldReason ?? _presence.Reason ?? _commands.Reason,
    };

    /// <summary>From now on the channel, if it has one, is expected to say something of it.</summary>
    public void ExpectPresence()
    {
        if (Channel.Length > 0 && _stage == PlanStage.Named) _presence.Expect();
    }

    /// <summary>An operator decides by hand what its presence is.</summary>
    /// <param name="held">What is to hold.</param>
    /// <param name="answered">What the hub has answered to the order, if it has.</param>
    public void Override(ManualOverride held, CloudState? answered)
    {
        if (_stage != PlanStage.Named) return;
        _presence.Override(held);
        if (answered is { } state) Learn(state);
    }

    /// <summary>The channel says something of it.</summary>
    public void SetPresence(Presence presence, string? reason)
    {
        if (_stage == PlanStage.Named) _presence.Set(presence, reason);
    }

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
        if (action == CloudAction.Subscribe) _commands.Begin(Device);
        if (action == CloudAction.Unbind) _binding.UnbindItself(); // now: whether the answer comes is not ours to say
        if (action == CloudAction.Bind) SubDeviceLog.Binding(_around.Logger, Device.Id, _binding.WhyBind);
        Move(CloudTransition.Started(action));
    }

    /// <param name="action">What ends.</param>
    /// <param name="asked">The sub-device as it was when the action began.</param>
    /// <param name="version">The version, where that was to be announced.</param>
    /// <param name="answer">What came of it, or <see langword="null"/> if it was asked on a connection that is gone.</param>
    public void End(CloudAction action, SubDevicePlan asked, string? version, CloudAnswer? answer)
    {
        var meanwhile = _meanwhile;
        (_underWay, _meanwhile) = (false, null);
        if (answer is not { } known || _stage == PlanStage.Gone) return;
        // A refusal of what it was bound with before says nothing of what it has now.
        if (action == CloudAction.Bind && known.Event == CloudEvent.Refused && !HasSameProof(asked, Device))
            known = known with { Event = CloudEvent.Failed };
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
            if (meanwhile != CloudEvent.BoundThere) return;
            // What the answer said against it, and the doubt that it raised, are older than the hub's word.
            if (_state is CloudState.Unbound or CloudState.Refused) ChangeTopology(bound: true);
            else Move(CloudTransition.Next(_state, CloudEvent.BoundThere));
        }
        else if (known.Event == CloudEvent.Accepted)
        {
            // A change overtook the answer, or the answer the change: only the hub knows which.
            Move(CloudState.Unknown);
        }
    }

    /// <summary>Another connection, or none: nothing is known of the hub any more.</summary>
    public void ForgetHub()
    {
        (_meanwhile, _cloudReason) = (null, null);
        _rests.BeginAnew();
        _commands.Forget();
        _binding.Forget();
        _version.Forget();
        Move(CloudTransition.Next(_state, CloudEvent.SessionLost));
    }

    /// <summary>The gateway stops: nothing is waited for any more.</summary>
    public void Stop()
    {
        StopWaiting();
        _parted?.TrySetResult(false);
    }

    private void StopWaiting()
    {
        _rests.BeginAnew();
        _presence.StopWaiting();
    }

    /// <summary>The hub has answered an operator's order: that is how it stands, unless an answer that may
    /// say otherwise is awaited.</summary>
    private void Learn(CloudState state)
    {
        if (CloudTransition.IsUnderWay(_state)) return; // a subscription says nothing of it
        _rests.BeginAnew();
        _cloudReason = null;
        _binding.Confirm(justNow: false);
        Move(state);
    }

    /// <summary>New word from the field is worth asking the hub again, whatever failed before.</summary>
    private void AskAtOnce()
    {
        _rests.CutShort();
        _around.Enqueue(this);
    }

    /// <summary>Only the hub knows how it stands now.</summary>
    private void AskAgain()
    {
        if (_state == CloudState.Online) Move(CloudState.Unknown);
        _around.Enqueue(this);
    }

    /// <summary>What the hub said is too old to go by.</summary>
    private void AskOnceMore()
    {
        Move(CloudTransition.Next(_state, CloudEvent.Aged));
        _around.Enqueue(this);
    }

    private void Rest(string? reason)
    {
        var rest = _rests.AfterFailure();
        SubDeviceLog.Failed(_around.Logger, Device.Id, reason ?? "no answer", rest.TotalSeconds);
    }

    private void Move(CloudState state)
    {
        var from = _state;
        if (from == state) return;
        _state = state;
        if (from == CloudState.Online) _commands.Doubt();
        if (state == CloudState.Unbound) _version.Forget(); // another gateway may have said another since
        SubDeviceLog.Moved(_around.Logger, Device.Id, from, state);
        if (state == CloudState.Online) SubDeviceLog.Online(_around.Logger, Device.Id, _presence.Reason ?? $"channel {Channel}");
        if (state == CloudState.Offline) SubDeviceLog.Offline(_around.Logger, Device.Id, _stage.InWords() ?? _presence.Reason ?? "absent");
        _around.Changed(Device.Id, state);
    }
}
