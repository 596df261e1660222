namespace BridgeFramework;

/// <summary>What a channel knows of a sub-device.</summary>
public enum Presence
{
    /// <summary>Nothing yet, or no longer: the channel is starting or has failed. The cloud's view is left as it is for a while.</summary>
    Unknown,

    /// <summary>It answers, or was heard of lately.</summary>
    Present,

    /// <summary>It does not answer, or was not heard of for too long.</summary>
    Absent,
}
