namespace BridgeFramework.Runtime;

/// <summary>What each answer of the hub means for a sub-device.</summary>
internal sealed partial class TrackedSubDevice
{
    private void TakeAnswer(CloudAction action, CloudAnswer answer)
    {
        _cloudReason = answer.Reason;
        Move(CloudTransition.Next(_state, answer.Event));
        switch (answer.Event)
        {
            case not CloudEvent.Failed when _stage == PlanStage.Parting:
                TakeParting(action, answer);
                break;
            case CloudEvent.Accepted:
                _binding.Confirm(justNow: action == CloudAction.Bind);
                _isToldUnbound = false;
                if (action != CloudAction.Bind) _rests.EndFailures();
                break;
            case CloudEvent.NotBound when _state == CloudState.Unbound:
                TakeNotBound();
                break;
            case CloudEvent.Failed:
                Rest(answer.Reason);
                break;
            case CloudEvent.Refused or CloudEvent.NotBound:
                // Whoever heals it, in the console or at another gateway, does not tell us.
                SubDeviceLog.Refused(
                    _around.Logger, Device.Id, answer.Reason ?? "no reason given", _rests.AfterRefusal().TotalMinutes);
                break;
        }
    }

    private void TakeParting(CloudAction action, CloudAnswer answer)
    {
        _rests.EndFailures();
        if (answer.Event == CloudEvent.Accepted && action != CloudAction.Unbind) _binding.Confirm(justNow: false);
        if (answer.Event == CloudEvent.Refused)
        {
            // What was begun before it was to part says nothing of that.
            if (action is CloudAction.TakeOffline or CloudAction.Unbind)
                SubDeviceLog.LeftBehind(_around.Logger, Device.Id, action, answer.Reason ?? "no reason given");
            else
                Move(CloudState.Unknown);
        }

        // An unbind of ours, before a restart, that nobody saw the answer of.
        if (answer.Event == CloudEvent.NotBound && _unbinds && !_binding.IsUnbound) _binding.UnbindItself();
    }

    private void TakeNotBound()
    {
        switch (_binding.Judge())
        {
            case NotBoundMeaning.ToBeBound:
                _cloudReason = null; // it is, once it is wanted online: nobody has to do anything about that
                break;
            case NotBoundMeaning.Contradiction:
                _cloudReason = "The hub accepted to bind it and says now that it is not bound: it is bound again in a moment.";
                // Without a rest this would go on at full pace.
                Rest("The hub accepted to bind it and says now that it is not bound");
                break;
            case NotBoundMeaning.NothingToBindWith:
                _cloudReason = "It is not bound to this gateway and has no 'secret' to bind it with: give it one, or bind it there.";
                SubDeviceLog.NothingToBindWith(_around.Logger, Device.Id, _cloudReason);
                break;
            case NotBoundMeaning.Doubtful:
                _cloudReason = _binding.WhyUnbound;
                SubDeviceLog.Doubted(_around.Logger, Device.Id, _rests.AfterRefusal().TotalMinutes);
                _around.Doubt(this);
                break;
            case NotBoundMeaning.Unbound:
                TakeUnbound();
                break;
        }
    }

    private void TakeUnbound()
    {
        _cloudReason = _binding.WhyUnbound;
        if (!_isToldUnbound) SubDeviceLog.KeptUnbound(_around.Logger, Device.Id, _cloudReason);
        _isToldUnbound = true;
    }

    private void TakeSubscription(CloudAnswer answer)
    {
        if (answer.Event == CloudEvent.Failed)
        {
            Rest(answer.Reason);
            return;
        }

        _rests.EndFailures();
        _commands.Take(answer);
        if (_commands.Reach == CommandReach.Refused) SubDeviceLog.Deaf(_around.Logger, Device.Id, answer.Reason ?? "no reason given");
    }

    private void TakeAnnouncement(string version, CloudAnswer answer)
    {
        if (answer.Event == CloudEvent.Accepted) _version.Confirm(version);
        if (_state != CloudState.Online) return;
        if (answer.Event == CloudEvent.Accepted) _rests.EndFailures();
        else Rest($"the version of its firmware did not reach the hub: {answer.Reason}");
    }
}
