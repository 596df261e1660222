using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>Divides messages between live values and a backlog where there are both.</summary>
/// <param name="percent">The share of live values, 1 to 100, at first.</param>
internal sealed class LiveShare(int percent)
{
    private int _owed; // to live values; negative: to the backlog

    /// <summary>The share of live values, 1 to 100.</summary>
    public int Percent { get; set; } = percent;

    /// <summary>Whose turn it is, where both have something.</summary>
    public LaneKind Next => _owed >= 0 ? LaneKind.Live : LaneKind.Backfill;

    /// <summary>A message was given to one where both had something.</summary>
    public void Given(LaneKind kind) => _owed += kind == LaneKind.Live ? Percent - 100 : Percent;
}
