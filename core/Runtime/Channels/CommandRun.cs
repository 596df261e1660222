namespace BridgeFramework.Runtime;

/// <summary>A run of a driver as one command has entered it: asks the driver, and gives its exceptions their meaning.</summary>
internal sealed class CommandRun(ActiveRun run, ReportedDevice device, ICommandHandler handler) : ICommandRun
{
    public IReadOnlyList<PointDefinition> Points => device.Points;

    public CancellationToken Ending => run.Ending;

    public Task<bool> UntilIdleAsync(CancellationToken cancellationToken) => device.UntilIdleAsync(cancellationToken);

    public async Task<IReadOnlyList<PointResult>> AskAsync(WritePoints command, CancellationToken deadline)
    {
        using var timeIsUp = CancellationTokenSource.CreateLinkedTokenSource(deadline, Ending);
        var driver = new DriverToken();
        Task? asked = null;
        try
        {
            var call = Task.Run(
                () => run.Calls.Follow(
                    nameof(handler.ExecuteAsync), () => handler.ExecuteAsync(device.Device, command, driver.Token)),
                CancellationToken.None);
            asked = call;
            device.Begin(call);
            var result = await call.WaitAsync(timeIsUp.Token);
            if (result?.Points is null)
                return All(command, CommandOutcome.Unknown, "The driver answered null: expected a result for each point.");
            return [.. command.Writes.Select(write => ResultOf(write.Point, result))];
        }
        catch (OperationCanceledException) when (!deadline.IsCancellationRequested && Ending.IsCancellationRequested)
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
        finally
        {
            if (timeIsUp.IsCancellationRequested)
            {
                driver.Cancel();
                if (asked is not null) run.GiveUp($"a command to {device.Device.Id}", asked);
            }
        }
    }

    public void Leave() => run.Leave();

    private static IReadOnlyList<PointResult> All(WritePoints command, CommandOutcome outcome, string reason) =>
        [.. command.Writes.Select(write => new PointResult { Point = write.Point, Outcome = outcome, Reason = reason })];

    private static PointResult ResultOf(PointDefinition point, CommandResult result)
    {
        foreach (var candidate in result.Points)
            if (ReferenceEquals(candidate.Point, point)) return candidate;
        return new PointResult { Point = point, Outcome = CommandOutcome.Unknown, Reason = "The driver did not say what became of it." };
    }
}
