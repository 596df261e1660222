namespace BridgeFramework.Runtime;

/// <summary>What it means for a sub-device that others bound or unbound it, or are said to have.</summary>
internal sealed partial class TrackedSubDevice
{
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
        if (_stage == PlanStage.Gone) return false;
        if (_binding.Settle(list, now, UnbindInquiry.Apart) is not { } isUnbound) return true;
        if (!isUnbound) return false;
        SubDeviceLog.FoundUnbound(_around.Logger, Device.Id, UnbindInquiry.Apart.TotalSeconds);
        _rests.BeginAnew();
        TakeUnbound();
        return false;
    }
}
