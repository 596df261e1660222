using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>The subscription to the commands of one sub-device, and so whether they reach it.</summary>
/// <remarks>Used under one lock.</remarks>
internal sealed class CommandSubscription
{
    private SubDevicePlan? _asked; // what the hub may be subscribed with on this connection

    /// <summary>Whether commands reach it.</summary>
    public CommandReach Reach { get; private set; }

    /// <summary>Why not, in words.</summary>
    public string? Reason { get; private set; }

    /// <summary>Whether the hub is to be asked for it.</summary>
    public bool IsDue => Reach == CommandReach.Pending;

    /// <summary>Whether it has a place among the subscriptions.</summary>
    public bool HasPlace => Reach is not (CommandReach.None or CommandReach.OverBudget);

    /// <summary>Takes what the plan makes of it.</summary>
    /// <param name="device">The sub-device.</param>
    /// <param name="commands"><see cref="CommandReach.None"/> or <see cref="CommandReach.OverBudget"/> where it has no place; else
    /// <see cref="CommandReach.Pending"/>.</param>
    /// <param name="maxSubscriptions">How many places there are.</param>
    /// <returns>What the hub is not to be subscribed with any more; null for nothing.</returns>
    public SubDevicePlan? Apply(SubDevicePlan device, CommandReach commands, int maxSubscriptions)
    {
        bool isSame = string.Equals(_asked?.Profile.Down, device.Profile.Down, StringComparison.Ordinal);
        if (commands == CommandReach.Pending && HasPlace && (isSame || _asked is null)) return null;
        Reach = commands;
        Reason = commands == CommandReach.OverBudget
            ? $"Commands do not reach it: 'hub.maxSubscriptions' ({maxSubscriptions}) are used up."
            : null;
        return commands == CommandReach.Pending && isSame ? null : TakeAsked();
    }

    /// <summary>There are no commands for it any more.</summary>
    /// <returns>As above.</returns>
    public SubDevicePlan? End()
    {
        (Reach, Reason) = (CommandReach.None, null);
        return TakeAsked();
    }

    /// <summary>The hub is about to be asked.</summary>
    public void Begin(SubDevicePlan device) => _asked = device;

    /// <summary>The hub has accepted or refused it. That counts only for what is still wanted.</summary>
    public void Take(CloudAnswer answer)
    {
        if (_asked is null || !HasPlace) return;
        (Reach, Reason) = (answer.Event == CloudEvent.Accepted ? CommandReach.Reachable : CommandReach.Refused, answer.Reason);
    }

    /// <summary>The hub does not have the sub-device online any more: nothing says what it does with the
    /// subscription, so it is asked for again.</summary>
    public void Doubt()
    {
        if (Reach is CommandReach.Reachable or CommandReach.Refused) (Reach, Reason) = (CommandReach.Pending, null);
    }

    /// <summary>Another connection, or none: the hub is subscribed with nothing.</summary>
    public void Forget()
    {
        _asked = null;
        Doubt();
    }

    private SubDevicePlan? TakeAsked()
    {
        var asked = _asked;
        _asked = null;
        return asked;
    }
}
