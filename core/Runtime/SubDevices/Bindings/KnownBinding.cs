namespace BridgeFramework.Runtime;

/// <summary>What the hub has ever said of whether a sub-device is bound to the gateway, restarts included.</summary>
internal enum KnownBinding
{
    /// <summary>Nothing: it is new here.</summary>
    Never,

    /// <summary>It was bound when the hub last spoke of it.</summary>
    Bound,

    /// <summary>It was bound, and somebody has unbound it.</summary>
    Unbound,
}
