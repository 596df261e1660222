namespace BridgeFramework.Outbox;

/// <summary>What to give up when there is no room.</summary>
public enum WhenFull
{
    /// <summary>What has waited longest; the newest is worth more.</summary>
    DropOldest,

    /// <summary>What is to be added; the beginning is worth more.</summary>
    DropNewest,
}
