namespace BridgeFramework.Outbox;

/// <summary>What became of a record that was to be added.</summary>
/// <param name="Kind">The lane that it went to, or would have gone to.</param>
/// <param name="FirstSequence">The number of its first item in its lane; 0 if it was not taken.</param>
/// <param name="Refused">Why it was not taken; null if it was.</param>
public readonly record struct AppendResult(LaneKind Kind, long FirstSequence, DropReason? Refused)
{
    /// <summary>Whether the outbox is answerable for it now.</summary>
    public bool IsTaken => Refused is null;
}
