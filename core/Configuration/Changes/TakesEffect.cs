namespace BridgeFramework.Configuration;

/// <summary>When a changed setting of a gateway that runs is in force. What takes more comes later.</summary>
public enum TakesEffect
{
    /// <summary>When the plan is applied.</summary>
    AtOnce,

    /// <summary>With a new connection to the hub, which applying the plan makes.</summary>
    WithNewConnection,

    /// <summary>With the next start of the gateway: a plan that changes it cannot be applied to one that runs.</summary>
    AtRestart,
}
