namespace BridgeFramework.Runtime;

/// <summary>Carries out a command on one run of a channel: finds the points, refuses what cannot be, asks the driver for the rest.</summary>
internal static class CommandExecution
{
    /// <param name="handler">The driver.</param>
    /// <param name="device">The sub-device; its commands come one after another.</param>
    /// <param name="command">The command.</param>
    /// <param name="begin">Asked immediately before the driver is: the reason why it must not be, or null. Never throws.</param>
    /// <param name="ending">Cancelled when the run ends.</param>
    /// <param name="cancellationToken">Cancelled when the time for the command is up.</param>
    public static async Task<CommandReply> ExecuteAsync(
        ICommandHandler handler, ReportedDevice device, DownlinkCommand command, Func<CancellationToken, Task<string?>> begin,
        CancellationToken ending, CancellationToken cancellationToken)
    {
        var results = new NamedResult[command.Writes.Count];
        var writes = new List<PointWrite>(command.Writes.Count);
        var places = new List<int>(command.Writes.Count);
        for (int i = 0; i < results.Length; i++)
        {
            var (name, value) = command.Writes[i];
            var point = device.Points.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.Ordinal));
            if (ProblemWith(device, name, point, value) is { } problem)
            {
                results[i] = new NamedResult(name, CommandOutcome.Refused, problem);
                continue;
            }

            writes.Add(new PointWrite { Point = point! /* no problem, so it was found */, Value = value });
            places.Add(i);
        }

        if (writes.Count > 0)
        {
            var outcomes = await AskDriverAsync(handler, device, new WritePoints { Id = command.Id, Writes = writes }, begin, ending, cancellationToken);
            for (int i = 0; i < places.Count; i++)
                results[places[i]] = new NamedResult(writes[i].Point.Name, outcomes[i].Outcome, outcomes[i].Reason);
        }

        return CommandReply.Of(command.Id, results);
    }

    private static string? ProblemWith(ReportedDevice device, string name, PointDefinition? point, in Variant value)
    {
        if (point is null) return $"{device.Device} has no such point.";
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

    private static async Task<IReadOnlyList<(CommandOutcome Outcome, string? Reason)>> AskDriverAsync(
        ICommandHandler handler, ReportedDevice device, WritePoints command, Func<CancellationToken, Task<string?>> begin,
        CancellationToken ending, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ending);
        // An earlier command may have outlived its deadline; the driver is promised that they do not overlap.
        if (!await device.UntilIdleAsync(either.Token))
            return All(command, CommandOutcome.Refused, "The driver is still busy with an earlier command whose time was up.");
        if (await begin(either.Token) is { } obstacle) return All(command, CommandOutcome.Refused, obstacle);
        try
        {
            var token = either.Token;
            var call = Task.Run(() => handler.ExecuteAsync(device.Device, command, token), CancellationToken.None);
            device.Begin(call);
            var result = await call.WaitAsync(token);
            return [.. command.Writes.Select(write => OutcomeOf(result, write.Point))];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && ending.IsCancellationRequested)
        {
            return All(command, CommandOutcome.Unknown, "The channel ended before the driver said what became of it.");
        }
        catch (OperationCanceledException)
        {
            return All(command, CommandOutcome.TimedOut, "No answer before the command's deadline.");
        }
        catch (Exception exception)
        {
            // The driver's exceptions have meanings; whatever else it throws must not reach the other sub-devices.
            var outcome = exception switch
            {
                DeviceUnreachableException => CommandOutcome.TimedOut,
                DeviceRejectedException => CommandOutcome.Refused,
                LinkDownException => CommandOutcome.Absent,
                _ => CommandOutcome.Unknown,
            };
            return All(command, outcome, exception.Message);
        }
    }

    private static IReadOnlyList<(CommandOutcome Outcome, string? Reason)> All(WritePoints command, CommandOutcome outcome, string reason) =>
        [.. command.Writes.Select(_ => (outcome, (string?)reason))];

    private static (CommandOutcome Outcome, string? Reason) OutcomeOf(CommandResult result, PointDefinition point)
    {
        foreach (var candidate in result.Points)
            if (ReferenceEquals(candidate.Point, point)) return (candidate.Outcome, candidate.Reason);
        return (CommandOutcome.Unknown, "The driver did not say what became of it.");
    }
}
