namespace BridgeFramework.Outbox;

/// <summary>Why items were given up. The list is closed: nothing leaves an outbox in another way but by acknowledgement.</summary>
public enum DropReason
{
    /// <summary>The owner holds as much as one owner may.</summary>
    OwnerFull,

    /// <summary>The outbox holds as much as it may.</summary>
    OutboxFull,

    /// <summary>It waited for longer than anything may.</summary>
    Expired,

    /// <summary>The record alone is larger than a bound.</summary>
    TooLarge,

    /// <summary>What was stored cannot be read any more: torn, damaged, or on a part of the disk that fails.</summary>
    Damaged,

    /// <summary>The receiver can never take it.</summary>
    Unsendable,

    /// <summary>The owner was removed before it had arrived, or reported once more afterwards.</summary>
    Removed,
}
