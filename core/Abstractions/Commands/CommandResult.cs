using System.Text.Json;

namespace BridgeFramework;

/// <summary>What became of a command.</summary>
public sealed record CommandResult
{
    /// <summary>The result of each point of the command, in its order; empty for an action.</summary>
    public IReadOnlyList<PointResult> Points { get; init; } = [];

    /// <summary>What an action gave back, or <see langword="null"/>.</summary>
    public JsonElement? Data { get; init; }
}

/// <summary>What became of one point of a command.</summary>
public readonly record struct PointResult
{
    /// <summary>The point.</summary>
    public required PointDefinition Point { get; init; }

    /// <summary>What became of it.</summary>
    public CommandOutcome Outcome { get; init; }

    /// <summary>Why, where it was not done: one sentence with the values and the remedy.</summary>
    public string? Reason { get; init; }
}
