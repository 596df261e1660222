namespace BridgeFramework.Runtime;

/// <summary>Lets commands into the present run of a channel.</summary>
/// <remarks>While the plugin of its driver is being replaced, or its settings are changed, they wait for the next run.</remarks>
internal sealed class CommandEntrance(ChannelStanding standing) : ICommandChannel
{
    public async Task<CommandEntry> EnterAsync(SubDeviceId device, CancellationToken deadline)
    {
        while (true)
        {
            var (run, status, change) = standing.TryEnter();
            if (run is not null)
            {
                var entry = await AdmitAsync(run, status, device, deadline);
                if (entry.Run is null) run.Leave();
                return entry;
            }

            if (change is null)
            {
                string reason = status.Reason ?? "its driver is being started or stopped.";
                return Absent($"Channel {status.Name} is not running ({status.State}): {reason}");
            }

            await change.WaitAsync(deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (deadline.IsCancellationRequested)
                return Absent(
                    $"Channel {status.Name} stands still, and the command's time was up before that was over: {status.Reason}");
        }
    }

    private static async Task<CommandEntry> AdmitAsync(ActiveRun run, ChannelStatus status, SubDeviceId id, CancellationToken deadline)
    {
        if (run.Channel.Find(id) is not { } device) return Absent($"Channel {status.Name} does not have {id}.");
        if (run.Driver is not ICommandHandler handler)
            return CommandEntry.Refused(CommandOutcome.Refused, $"Driver {status.Driver} takes no commands.");
        if (!await run.UntilServingAsync(deadline))
            return Absent($"Channel {status.Name} did not come to serve before the command's deadline.");
        return CommandEntry.Into(new CommandRun(run, device, handler));
    }

    private static CommandEntry Absent(string reason) => CommandEntry.Refused(CommandOutcome.Absent, reason);
}
