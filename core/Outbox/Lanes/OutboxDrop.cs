namespace BridgeFramework.Outbox;

/// <summary>Items of a lane that were given up.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="FirstSequence">The number of the first.</param>
/// <param name="Items">How many, one after another.</param>
/// <param name="Reason">Why.</param>
public readonly record struct OutboxDrop(Lane Lane, long FirstSequence, long Items, DropReason Reason);
