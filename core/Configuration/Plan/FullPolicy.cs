namespace BridgeFramework.Configuration;

/// <summary>What is given up when no more of a sub-device may wait.</summary>
public enum FullPolicy
{
    /// <summary>What has waited longest: the cloud gets the present and loses the past.</summary>
    DropOldest,

    /// <summary>What has just been reported: the cloud gets the beginning of an outage and loses its end.</summary>
    DropNewest,
}
