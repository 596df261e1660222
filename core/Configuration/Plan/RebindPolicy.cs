namespace BridgeFramework.Configuration;

/// <summary>What becomes of a sub-device that was bound to the gateway and is not any more.</summary>
public enum RebindPolicy
{
    /// <summary>It is not bound again by itself: who unbound it may have meant it.</summary>
    Never,

    /// <summary>It is bound again whenever the hub says that it is not.</summary>
    Always,
}
