namespace BridgeFramework.Runtime;

/// <summary>What holds for a sub-device by an operator's order, whatever its channel says, until the opposite order or a restart.</summary>
public enum ManualOverride
{
    /// <summary>Nothing: the channel says whether it is online.</summary>
    None,

    /// <summary>Online although its channel does not see it, or it has none. Ends when the channel sees it.</summary>
    Online,

    /// <summary>Offline, whatever its channel says.</summary>
    Offline,

    /// <summary>Not bound to this gateway, and not to be bound by itself.</summary>
    Unbound,
}
