namespace BridgeFramework.Runtime;

/// <summary>A command held against the points of its sub-device: what the driver is to be asked for, and what is refused at once.</summary>
internal sealed class PreparedCommand
{
    private readonly string _id;
    private readonly IReadOnlyList<NamedResult?> _refused; // by its place in the command; null where the driver is to be asked

    private PreparedCommand(string id, IReadOnlyList<NamedResult?> refused, IReadOnlyList<PointWrite> writes)
    {
        (_id, _refused) = (id, refused);
        if (writes.Count > 0) ForDriver = new WritePoints { Id = id, Writes = writes };
    }

    /// <summary>What the driver is to be asked for; <see langword="null"/> where it is nothing.</summary>
    public WritePoints? ForDriver { get; }

    public static PreparedCommand Of(DownlinkCommand command, SubDeviceId device, IReadOnlyList<PointDefinition> points)
    {
        var refused = new NamedResult?[command.Writes.Count];
        var writes = new List<PointWrite>(command.Writes.Count);
        for (int i = 0; i < refused.Length; i++)
        {
            var (name, value) = command.Writes[i];
            var point = points.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.Ordinal));
            if (ProblemWith(device, point, value) is { } problem) refused[i] = new NamedResult(name, CommandOutcome.Refused, problem);
            else writes.Add(new PointWrite { Point = point! /* no problem, so it was found */, Value = value });
        }

        return new PreparedCommand(command.Id, refused, writes);
    }

    /// <summary>The answer to the command.</summary>
    /// <param name="results">What became of what the driver was asked for, in its order.</param>
    public CommandReply Answer(IReadOnlyList<PointResult> results)
    {
        int next = 0;
        return CommandReply.Of(_id, [.. _refused.Select(refusal => refusal ?? NamedResult.Of(results[next++]))]);
    }

    /// <summary>The answer to the command where the driver is not asked.</summary>
    public CommandReply Refuse(string reason)
    {
        IReadOnlyList<PointWrite> writes = ForDriver?.Writes ?? [];
        return Answer(
            [.. writes.Select(write => new PointResult { Point = write.Point, Outcome = CommandOutcome.Refused, Reason = reason })]);
    }

    private static string? ProblemWith(SubDeviceId device, PointDefinition? point, in Variant value)
    {
        if (point is null) return $"{device} has no such point.";
        if (point.Access == PointAccess.Read) return "The point is read-only: its 'access' would have to be readWrite or write.";
        if (value.Kind == VariantKind.None) return "The value is none that a point can have: expected a number, text, true or false.";
        if (point.Type is { } type && !Fits(value.Kind, type)) return $"The value is of kind {value.Kind}: expected {type}.";
        return null;
    }

    private static bool Fits(VariantKind given, VariantKind wanted) => given == wanted || wanted switch
    {
        VariantKind.Number => given is VariantKind.Integer or VariantKind.UnsignedInteger,
        VariantKind.UnsignedInteger => given == VariantKind.Integer,
        _ => false,
    };
}
