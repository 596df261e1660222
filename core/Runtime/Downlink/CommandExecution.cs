namespace BridgeFramework.Runtime;

/// <summary>Carries out commands: each at most once, over crashes too, and each with one outcome.</summary>
/// <param name="journal">What was begun and what became of it.</param>
/// <param name="isCurrent">Whether the connection of that number still stands.</param>
/// <param name="time">The clock that the sender's expiry is held against: the hub's, as far as it is known.</param>
internal sealed class CommandExecution(CommandJournal journal, Func<int, bool> isCurrent, TimeProvider time)
{
    private const string GatewayEnded = "The gateway ended before its turn came: send it with a new id.";
    private const string Removed = "The sub-device was removed from the gateway's configuration.";

    /// <summary>How long a command may take from when its turn came.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Carries out a command whose turn has come. Never throws.</summary>
    /// <param name="recipient">The sub-device; its commands come one after another.</param>
    /// <param name="command">The command.</param>
    /// <param name="stopping">
    /// Once cancelled no command is begun any more. One that was begun is not cut short by it: the channels are told to stop first, and it
    /// hears of it there.
    /// </param>
    /// <returns>What became of it. It is noted, and told to the hub as soon as that is safe.</returns>
    public async Task<CommandReply> ExecuteAsync(CommandRecipient recipient, DownlinkCommand command, CancellationToken stopping)
    {
        string? late = stopping.IsCancellationRequested ? GatewayEnded : ObstacleTo(recipient, command);
        if (late is not null) return Finish(recipient, command, CommandReply.Of(command.Id, CommandOutcome.Refused, late));
        using var deadline = new CancellationTokenSource(Deadline, time);

        using var entry = await EnterAsync(recipient, deadline.Token);
        if (entry.Run is not { } run) return Finish(recipient, command, CommandReply.Of(command.Id, entry.Outcome, entry.Reason));

        var prepared = PreparedCommand.Of(command, recipient.Id, run.Points);
        if (prepared.ForDriver is not { } writes) return Finish(recipient, command, prepared.Answer([]));

        string? obstacle = await BeginAsync(recipient, command, run, deadline.Token);
        if (obstacle is not null) return Finish(recipient, command, prepared.Refuse(obstacle));

        var results = await run.AskAsync(writes, deadline.Token);

        return Finish(recipient, command, prepared.Answer(results));
    }

    /// <summary>Enters its channel, and where another one came in the place of that meanwhile, the other one.</summary>
    private static async Task<CommandEntry> EnterAsync(CommandRecipient recipient, CancellationToken deadline)
    {
        while (recipient.Route.Channel is { } channel)
        {
            var entry = await channel.EnterAsync(recipient.Id, deadline);
            if (entry.Run is not null || ReferenceEquals(recipient.Route.Channel, channel)) return entry;
        }

        return CommandEntry.Refused(CommandOutcome.Refused, Removed);
    }

    /// <summary>Notes that the driver is about to be asked, and waits until that is safe.</summary>
    /// <returns>Why it must not be asked, or <see langword="null"/>.</returns>
    private async Task<string?> BeginAsync(CommandRecipient recipient, DownlinkCommand command, ICommandRun run, CancellationToken deadline)
    {
        using var timeIsUp = CancellationTokenSource.CreateLinkedTokenSource(deadline, run.Ending);
        // An earlier command may have outlived its deadline; the driver is promised that they do not overlap.
        if (!await run.UntilIdleAsync(timeIsUp.Token)) return "The driver is still busy with an earlier command whose time was up.";
        try
        {
            // It may have waited for its driver, and then for the disk.
            string? obstacle = ObstacleTo(recipient, command)
                ?? await journal.BeginAsync(recipient.Id, command.Id, timeIsUp.Token)
                ?? ObstacleTo(recipient, command);
            timeIsUp.Token.ThrowIfCancellationRequested();
            return obstacle;
        }
        catch (OperationCanceledException)
        {
            return "It could not be noted on the gateway's disk before its time was up or its channel ended, so it is not carried out.";
        }
    }

    private string? ObstacleTo(CommandRecipient recipient, DownlinkCommand command)
    {
        if (recipient.Route.Channel is null) return Removed;
        if (!isCurrent(recipient.AttemptOf(command.Id)))
            return "The connection it came on has ended before its turn came: send it with a new id.";
        return command.Expires <= time.GetUtcNow() ? $"The command expired at {command.Expires:O}." : null;
    }

    /// <summary>Notes what became of a command.</summary>
    private CommandReply Finish(CommandRecipient recipient, DownlinkCommand command, CommandReply reply)
    {
        journal.Finish(recipient.Id, command.Id, ReplyPayload.Of(reply));
        return reply;
    }
}
