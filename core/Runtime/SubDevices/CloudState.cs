namespace BridgeFramework.Runtime;

/// <summary>What the gateway knows of a sub-device at the hub.</summary>
public enum CloudState
{
    /// <summary>Nothing: there is no connection, or nothing was asked yet.</summary>
    Unknown,

    /// <summary>The hub says it is not bound to this gateway.</summary>
    Unbound,

    /// <summary>It is being bound.</summary>
    Binding,

    /// <summary>It is bound and not known to be online.</summary>
    Bound,

    /// <summary>It is being brought online.</summary>
    BringingOnline,

    /// <summary>The hub has it online.</summary>
    Online,

    /// <summary>It is being taken offline.</summary>
    TakingOffline,

    /// <summary>The hub has it offline.</summary>
    Offline,

    /// <summary>It is being unbound, because it has left the plan.</summary>
    Unbinding,

    /// <summary>The hub refuses it until somebody changes something, and the reason says what. It is asked again within the hour.</summary>
    Refused,
}
