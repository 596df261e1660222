namespace BridgeFramework.Configuration;

/// <summary>What becomes of a part of the plan.</summary>
public enum PlanChange
{
    /// <summary>It was not there before.</summary>
    Added,

    /// <summary>It has other settings.</summary>
    Changed,

    /// <summary>It is not there any more.</summary>
    Removed,
}
