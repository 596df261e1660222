namespace BridgeFramework.Outbox;

/// <summary>Which of an owner's two lanes.</summary>
public enum LaneKind
{
    /// <summary>What is new and is to arrive soon.</summary>
    Live,

    /// <summary>What has had to wait and may be passed by what is new.</summary>
    Backfill,
}

/// <summary>A lane: records of one owner that arrive in their order, their items numbered one after another from 1 on.</summary>
/// <param name="Owner">Whose records they are; 1 to 256 characters.</param>
/// <param name="Kind">Which of its two lanes.</param>
public readonly record struct Lane(string Owner, LaneKind Kind)
{
    /// <summary>The owner, and what kind of lane if it is not the live one.</summary>
    public override string ToString() => Kind == LaneKind.Live ? Owner : $"{Owner} (backfill)";
}
