using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>Whether commands from the hub can reach a sub-device.</summary>
public enum CommandReach
{
    /// <summary>There are none for it: nothing of it can be written.</summary>
    None,

    /// <summary>Not yet: it is not online, or its turn to be subscribed has not come.</summary>
    Pending,

    /// <summary>Yes.</summary>
    Reachable,

    /// <summary>No: <see cref="HubSettings.MaxSubscriptions"/> are used up by others.</summary>
    OverBudget,

    /// <summary>No: the hub refused the subscription.</summary>
    Refused,
}
