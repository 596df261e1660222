namespace BridgeFramework.Runtime;

/// <summary>The subscription to the commands of one sub-device, and so whether they reach it.</summary>
internal sealed class CommandSubscription
{
    /// <param name="reach">Whether there are commands for it, and a place among the subscriptions.</param>
    /// <param name="maxSubscriptions">How many places there are.</param>
    public CommandSubscription(CommandReach reach, int maxSubscriptions)
    {
        Reach = reach;
        if (reach == CommandReach.OverBudget)
            Reason = $"Commands do not reach it: 'hub.maxSubscriptions' ({maxSubscriptions}) are used up.";
    }

    /// <summary>Whether commands reach it.</summary>
    public CommandReach Reach { get; private set; }

    /// <summary>Why not, in words.</summary>
    public string? Reason { get; private set; }

    /// <summary>Whether the hub is to be asked for it.</summary>
    public bool IsDue => Reach == CommandReach.Pending;

    /// <summary>The hub has accepted or refused it.</summary>
    public void Take(CloudAnswer answer) =>
        (Reach, Reason) = (answer.Event == CloudEvent.Accepted ? CommandReach.Reachable : CommandReach.Refused, answer.Reason);

    /// <summary>The hub does not have the sub-device online any more: nothing says what it does with the
    /// subscription, so it is asked for again.</summary>
    public void Forget()
    {
        if (Reach is CommandReach.Reachable or CommandReach.Refused) (Reach, Reason) = (CommandReach.Pending, null);
    }
}
