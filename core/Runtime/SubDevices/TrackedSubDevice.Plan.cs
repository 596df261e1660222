using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>What becomes of a sub-device when the plan changes.</summary>
internal sealed partial class TrackedSubDevice
{
    private PlanStage _stage;
    private bool _unbinds;
    private TaskCompletionSource<bool>? _parted;

    /// <summary>Whether it has a place among the subscriptions.</summary>
    public bool HasPlace => _commands.HasPlace;

    /// <summary>Whether it parts and nothing is left to be asked of the hub for it.</summary>
    public bool HasParted => _stage == PlanStage.Parting && _state switch
    {
        CloudState.Unbound or CloudState.Refused => true,
        CloudState.Offline => !_unbinds,
        _ => false,
    };

    /// <summary>The plan names it, from now on like this. What the hub has of it stays.</summary>
    /// <remarks>Of another channel nothing was heard yet; what the channel it was on said does not count any more.</remarks>
    public void Apply(string channel, SubDevicePlan device, SubDeviceOptions options)
    {
        bool wasElsewhere = !string.Equals(Channel, channel, StringComparison.Ordinal);
        bool hasSameProof = HasSameProof(Device, device);
        bool isBack = _stage != PlanStage.Named;
        (Channel, Device, _stage) = (channel, device, PlanStage.Named);
        (_binding.Device, _binding.Policy, _presence.MaxChanges) = (device, options.Rebind, options.MaxPresenceChanges);
        _parted?.TrySetResult(false);
        _parted = null;
        if (isBack) _presence.Resume();
        else if (wasElsewhere) _presence.Set(Presence.Unknown, null);
        if (wasElsewhere) ExpectPresence();
        if (!hasSameProof) TakeProof();
        _around.Enqueue(this);
    }

    /// <summary>The plan gives it a place among the subscriptions, or none.</summary>
    public void Apply(CommandReach commands, int maxSubscriptions)
    {
        bool waited = _commands.Reach == CommandReach.OverBudget;
        Unsubscribe(_commands.Apply(Device, commands, maxSubscriptions));
        if (waited && commands == CommandReach.Pending) SubDeviceLog.HasPlace(_around.Logger, Device.Id);
    }

    /// <summary>The plan does not name it any more. It stays as it is at the hub, but for its commands: nobody is left to carry
    /// them out.</summary>
    public void Leave()
    {
        if (_stage != PlanStage.Named) return;
        _stage = PlanStage.Leaving;
        _presence.StopWaiting();
        Unsubscribe(_commands.End());
    }

    /// <summary>It is taken offline, and unbound where that is wanted, and then it has parted.</summary>
    /// <returns>True when it has; false when that is not so any more, as the plan names it again or the gateway stops.</returns>
    public Task<bool> Part(bool unbind)
    {
        if (_stage is PlanStage.Named or PlanStage.Gone) return Task.FromResult(_stage == PlanStage.Gone);
        _parted ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        // What the hub has refused so far was something else.
        if (_stage != PlanStage.Parting && _state == CloudState.Refused) Move(CloudState.Unknown);
        (_stage, _unbinds) = (PlanStage.Parting, unbind);
        AskAtOnce();
        return _parted.Task;
    }

    /// <summary>It is not a sub-device of the gateway any more, whatever the hub has of it.</summary>
    public void Remove()
    {
        bool hasParted = HasParted;
        if (hasParted) SubDeviceLog.Left(_around.Logger, Device.Id, _state);
        _stage = PlanStage.Gone;
        StopWaiting();
        Unsubscribe(_commands.End());
        Move(CloudState.Unknown);
        _parted?.TrySetResult(hasParted);
    }

    private static bool HasSameProof(SubDevicePlan one, SubDevicePlan other) =>
        string.Equals(BindingRecord.ProofOf(one), BindingRecord.ProofOf(other), StringComparison.Ordinal);

    private void Unsubscribe(SubDevicePlan? ended)
    {
        if (ended is not null) _around.Unsubscribe(ended);
    }

    /// <summary>It has something else to be bound with: where it is not bound, that is tried.</summary>
    private void TakeProof()
    {
        if (_state is CloudState.Online or CloudState.Bound or CloudState.Offline) _binding.Confirm(justNow: false);
        if (_state is not (CloudState.Unbound or CloudState.Refused)) return;
        _rests.BeginAnew();
        _binding.Forget();
        (_cloudReason, _isToldUnbound) = (null, false);
        if (_state == CloudState.Refused) Move(CloudState.Unknown);
    }

    /// <summary>Says once more that the hub has it online, if it does.</summary>
    public void TellIfOnline()
    {
        if (_state == CloudState.Online && _stage != PlanStage.Gone) _around.Changed(Device.Id, CloudState.Online);
    }
}
