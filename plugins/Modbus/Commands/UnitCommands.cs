using BridgeFramework.Drivers;

namespace BridgeFramework.Modbus;

/// <summary>Carries out commands to units, ahead of polls.</summary>
internal sealed class UnitCommands(IChannel channel, ModbusLine line, UnitPoller poller, PointWriter writer)
{
    public Task<CommandResult> ExecuteAsync(PolledUnit unit, DeviceCommand command, CancellationToken cancellationToken) => command switch
    {
        WritePoints write => WriteAsync(unit, write, cancellationToken),
        ReadPoints read => ReadAsync(unit, read, cancellationToken),
        InvokeAction action => throw new DeviceRejectedException($"A Modbus unit has no action '{action.Action}'."),
        _ => throw new DeviceRejectedException($"A Modbus unit does not know the command {command.GetType().Name}."),
    };

    private async Task<CommandResult> WriteAsync(PolledUnit unit, WritePoints command, CancellationToken cancellationToken)
    {
        var results = new List<PointResult>(command.Writes.Count);
        foreach (var write in command.Writes) results.Add(await WriteAsync(unit, write, cancellationToken));
        return new CommandResult { Points = results };
    }

    private async Task<PointResult> WriteAsync(PolledUnit unit, PointWrite write, CancellationToken cancellationToken)
    {
        if (write.Point.Access == PointAccess.Read) return Result(write.Point, CommandOutcome.Refused, $"'{write.Point}' is read-only.");
        bool wasOffline = unit.Standing.Health.IsOffline;
        try
        {
            var (outcome, refusal) = await writer.WriteAsync(unit, unit.Map(write.Point), write.Value, cancellationToken);
            if (refusal is not null) return Result(write.Point, CommandOutcome.Refused, refusal);
            poller.Learn(unit, outcome);
            return Result(unit, write.Point, outcome, wasOffline);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A request on the wire is not given up, so nothing of this point was sent.
            return Result(write.Point, CommandOutcome.TimedOut, $"'{write.Point}' was not written: the time for the command was up.");
        }
    }

    private async Task<CommandResult> ReadAsync(PolledUnit unit, ReadPoints command, CancellationToken cancellationToken)
    {
        bool wasOffline = unit.Standing.Health.IsOffline;
        var plan = new ReadPlan(unit.UnitId, [.. command.Points.Select(unit.Map)], unit.Limits);
        var results = new Dictionary<PointDefinition, PointResult>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < plan.Blocks.Count; i++)
        {
            var block = plan.Blocks[i];
            var outcome = await line.ExecuteAsync(block, BusPriority.Command, cancellationToken);
            poller.Learn(unit, outcome);
            bool hole =
                outcome is { Kind: OutcomeKind.Refused, Exception: ExceptionCode.IllegalDataAddress or ExceptionCode.IllegalDataValue };
            if (hole && block.Points.Count > 1)
            {
                plan.Split(i--);
                continue;
            }

            if (!outcome.IsDone) block.Fail(QualityOf(outcome));
            foreach (var (point, _) in block.Points) results[point.Definition] = Result(unit, point.Definition, outcome, wasOffline);
        }

        await channel.ReportAsync(unit.Device, plan.Values, cancellationToken);
        return new CommandResult { Points = [.. command.Points.Select(p => results[p])] };
    }

    private PointResult Result(PolledUnit unit, PointDefinition point, ModbusOutcome outcome, bool wasOffline)
    {
        if (outcome.IsDone) return Result(point, CommandOutcome.Done, null);
        var became = outcome.Kind switch
        {
            OutcomeKind.Refused when !outcome.Exception.IsNoAnswer() => CommandOutcome.Refused,
            OutcomeKind.LinkDown => CommandOutcome.Absent,
            OutcomeKind.LinkLost => CommandOutcome.Unknown,
            // A unit that has not answered for long did not take a write either.
            _ => wasOffline ? CommandOutcome.Absent : CommandOutcome.TimedOut,
        };
        return Result(point, became, writer.Explain(unit, unit.Map(point), outcome));
    }

    private static PointResult Result(PointDefinition point, CommandOutcome outcome, string? reason) =>
        new() { Point = point, Outcome = outcome, Reason = reason };

    private static Quality QualityOf(ModbusOutcome outcome) => outcome.Kind switch
    {
        OutcomeKind.LinkDown or OutcomeKind.LinkLost => Quality.LinkDown,
        OutcomeKind.Refused when outcome.Exception.IsFinal() => Quality.Refused,
        OutcomeKind.Refused when !outcome.Exception.IsNoAnswer() => Quality.DeviceFault,
        _ => Quality.Timeout,
    };
}
