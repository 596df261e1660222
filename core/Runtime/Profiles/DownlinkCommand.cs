namespace BridgeFramework.Runtime;

/// <summary>A command as it came from the hub, checked for form only.</summary>
/// <param name="Id">The sender's id.</param>
/// <param name="Expires">When it is worthless, or never.</param>
/// <param name="Writes">What to write, by point name.</param>
internal sealed record DownlinkCommand(string Id, DateTimeOffset? Expires, IReadOnlyList<NamedWrite> Writes);

/// <summary>One value to write to the point of a name.</summary>
/// <param name="Point">The point's name.</param>
/// <param name="Value">The value; of kind None when the sender gave something that no point can have.</param>
internal readonly record struct NamedWrite(string Point, Variant Value);

/// <summary>The one answer to a command.</summary>
/// <param name="Id">The command's id; <see langword="null"/> when it had none that could be read.</param>
/// <param name="Outcome">What became of it as a whole: done only if every part was.</param>
/// <param name="Reason">Why, where nothing of it was carried out.</param>
/// <param name="Points">What became of each point.</param>
internal sealed record CommandReply(string? Id, CommandOutcome Outcome, string? Reason, IReadOnlyList<NamedResult> Points)
{
    public static CommandReply Of(string? id, CommandOutcome outcome, string reason) => new(id, outcome, reason, []);

    public static CommandReply Of(string id, IReadOnlyList<NamedResult> points) =>
        new(id, points.FirstOrDefault(point => point.Outcome != CommandOutcome.Done).Outcome, Reason: null, points);
}

/// <summary>What became of one point of a command.</summary>
internal readonly record struct NamedResult(string Point, CommandOutcome Outcome, string? Reason = null)
{
    public static NamedResult Of(in PointResult result) => new(result.Point.Name, result.Outcome, result.Reason);
}
