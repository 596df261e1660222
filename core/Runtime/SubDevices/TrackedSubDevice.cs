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
    private readonly CommandSubscription _commands;
    private readonly VersionInForce _version = new();
    private readonly SubDeviceBinding _binding;
    private readonly AskingRests _rests;
    private volatile CloudState _state; // written under the lock, read from anywhere
    private string? _cloudReason;
    private bool _underWay;
    private CloudEvent? _meanwhile; // what the hub's people did while an action was under way
    private bool _isToldUnbound; // in the log, since it was last bound

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
        _binding = new SubDeviceBinding(device, around.Bindings, options.Rebind);
        _rests = new AskingRests(around.Time, around.Gate, options.Dice, over: () => around.Enqueue(this), aged: AskOnceMore);
    }

    /// <summary>What all sub-devices of a gateway share.</summary>
    /// <param name="Time">The clock.</param>
    /// <param name="Gate">The lock.</param>
    /// <param name="Bindings">What the hub has said of whether they are bound, over restarts.</param>
    /// <param name="Enqueue">There may be something to do about it.</param>
    /// <param name="Doubt">The hub says that it is not bound, though it was: is that so?</param>
    /// <param name="Changed">Called with each new state.</param>
    /// <param name="Logger">The log.</param>
    internal sealed record Surroundings(
        TimeProvider Time,
        Lock Gate,
        BindingBook Bindings,
        Action<TrackedSubDevice> Enqueue,
        Action<TrackedSubDevice> Doubt,
        Action<SubDeviceId, CloudState> Changed,
        ILogger Logger);

    public string Channel { get; }

    public SubDevicePlan Device { get; }

    /// <summary>What the hub has of it, as far as is known. Safe to read without the lock.</summary>
    public CloudState State => _state;

    /// <summary>What its driver said last of its firmware.</summary>
    public string? FirmwareVersion => _version.Said;

    /// <summary>Whether it was bound once, and is a person's to bind again.</summary>
    public bool IsKeptUnbound => _binding.IsKeptUnbound;

    /// <summary>What to do about it now.</summary>
    public CloudAction Next => _underWay || _rests.IsAfterFailure
        ? CloudAction.Nothing
        : CloudTransition.Decide(
            _state, _presence.Goal, mayBind: _binding.MayBind, isDeaf: _commands.IsDue, isVersionUntold: _version.IsUntold);

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
        if (action == CloudAction.Bind) SubDeviceLog.Binding(_around.Logger, Device.Id, _binding.WhyBind);
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

    /// <summary>The hub's own people bound or unbound it.</summary>
    public void ChangeTopology(bool bound)
    {
        var happened = bound ? CloudEvent.BoundThere : CloudEvent.UnboundThere;
        if (bound) _binding.Confirm(justNow: false);
        else _binding.Unbind();
        if (_underWay) _meanwhile = happened;
        _rests.BeginAnew();
        _cloudReason = bound || _binding.MayBind ? null : _binding.WhyUnbound;
        Move(CloudTransition.Next(_state, happened));
        _around.Enqueue(this);
    }

    /// <summary>The hub's own people bound or unbound it, on a connection that has ended since.</summary>
    public void HearLate(bool bound)
    {
        if (bound)
        {
            if (_state is CloudState.Unbound or CloudState.Refused) ChangeTopology(bound: true);
            else _binding.Confirm(justNow: false);
            return;
        }

        // If it still is unbound, its next answer says so; then it is not bound again behind their back.
        _binding.Unbind();
        AskAgain();
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
            AskAgain(); // the list may be a part only
        }
    }

    /// <summary>Holds its doubt, if it is doubted, against what the hub lists.</summary>
    /// <param name="list">The list; null if there is none.</param>
    /// <param name="now">Elapsed time.</param>
    /// <returns>Whether another list is needed.</returns>
    public bool SettleDoubt(HubList? list, TimeSpan now)
    {
        if (_binding.Settle(list, now, UnbindInquiry.Apart) is not { } isUnbound) return true;
        if (!isUnbound) return false;
        SubDeviceLog.FoundUnbound(_around.Logger, Device.Id, UnbindInquiry.Apart.TotalSeconds);
        _rests.BeginAnew();
        TakeUnbound();
        return false;
    }

    /// <summary>Another connection, or none: nothing is known of the hub any more.</summary>
    public void ForgetHub()
    {
        (_meanwhile, _cloudReason) = (null, null);
        _rests.BeginAnew();
        _binding.Forget();
        _version.Forget();
        Move(CloudTransition.Next(_state, CloudEvent.SessionLost));
    }

    public void StopWaiting()
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
        if (from == CloudState.Online) _commands.Forget();
        if (state == CloudState.Unbound) _version.Forget(); // another gateway may have said another since
        SubDeviceLog.Moved(_around.Logger, Device.Id, from, state);
        if (state == CloudState.Online) SubDeviceLog.Online(_around.Logger, Device.Id, _presence.Reason ?? $"channel {Channel}");
        if (state == CloudState.Offline) SubDeviceLog.Offline(_around.Logger, Device.Id, _presence.Reason ?? "absent");
        _around.Changed(Device.Id, state);
    }
}
