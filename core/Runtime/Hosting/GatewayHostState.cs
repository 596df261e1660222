namespace BridgeFramework.Runtime;

/// <summary>Where a gateway is in its life.</summary>
public enum GatewayHostState
{
    /// <summary>It has not been started.</summary>
    Created,

    /// <summary>Its stages start.</summary>
    Starting,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>Its stages stop.</summary>
    Stopping,

    /// <summary>It was stopped.</summary>
    Stopped,

    /// <summary>It could not start, or ended by itself: <see cref="GatewayHost.Failure"/> says why. Nothing of it runs any more.</summary>
    Failed,
}
