namespace BridgeFramework.SwapTest;

/// <summary>What became of one change.</summary>
/// <param name="Step">The change.</param>
/// <param name="Decided">From the signal to the gateway's word that it has taken the files or not.</param>
/// <param name="Agreed">From the signal until plan and hub agreed.</param>
/// <param name="FirstValue">From the signal until the hub had a value of each sub-device that came.</param>
internal sealed record ChangeRecord(PlanStep Step, TimeSpan Decided, TimeSpan? Agreed, TimeSpan? FirstValue);
