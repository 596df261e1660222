using System.Collections.Frozen;
using System.Threading.Channels;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Takes commands from the hub to the sub-device they are for, one after another for each, and answers each once.</summary>
internal sealed partial class CommandRouter
{
    private readonly FrozenDictionary<string, (CommandRecipient Recipient, ReplySender Replies)> _byTopic;
    private readonly FrozenDictionary<SubDeviceId, ReplySender> _senders;
    private readonly RefusalSender _refusals;
    private readonly CommandJournal _journal;
    private readonly JournalWriter _writer;
    private readonly CommandExecution _execution;
    private readonly ILogger _logger;

    /// <param name="recipients">Who takes commands.</param>
    /// <param name="journal">What was begun and what became of it.</param>
    /// <param name="writer">Keeps the journal's file; the router runs it.</param>
    /// <param name="hub">Where replies go.</param>
    /// <param name="stateOf">What the hub has of a sub-device: replies wait until it has it online.</param>
    /// <param name="isCurrent">Whether the connection of that number still stands.</param>
    /// <param name="time">The clock that the sender's expiry is held against: the hub's, as far as it is known.</param>
    /// <param name="logger">The log.</param>
    public CommandRouter(
        IEnumerable<CommandRecipient> recipients,
        CommandJournal journal,
        JournalWriter writer,
        IReplyPublisher hub,
        Func<SubDeviceId, CloudState> stateOf,
        Func<int, bool> isCurrent,
        TimeProvider time,
        ILogger<CommandRouter> logger)
    {
        _journal = journal;
        _writer = writer;
        _execution = new CommandExecution(journal, isCurrent, time);
        _refusals = new RefusalSender(hub, logger);
        _logger = logger;
        _byTopic = recipients.ToFrozenDictionary(
            recipient => recipient.CommandTopic,
            recipient => (recipient, new ReplySender(recipient, journal, hub, stateOf, isCurrent, time, logger)),
            StringComparer.Ordinal);
        _senders = _byTopic.Values.ToFrozenDictionary(route => route.Recipient.Id, route => route.Replies);
        journal.ReplyReady = device => _senders.GetValueOrDefault(device)?.Wake();
    }

    public DownlinkStatus Status => _journal.Status with { CommandsWaiting = _byTopic.Values.Sum(route => route.Recipient.Commands.Count) };

    /// <summary>What the hub has of a sub-device has changed.</summary>
    public void Follow(SubDeviceId device) => _senders.GetValueOrDefault(device)?.Follow();

    public async Task RunAsync(ChannelReader<HubMessage> messages, CancellationToken stopping)
    {
        await _writer.OpenAsync();
        var writing = _writer.RunAsync();
        Task[] servers = [.. _byTopic.Values.Select(route => ServeAsync(route.Recipient, stopping))];
        Task[] senders = [_refusals.RunAsync(stopping), .. _senders.Values.Select(sender => sender.RunAsync(stopping))];
        try
        {
            while (await messages.WaitToReadAsync(stopping))
                while (messages.TryRead(out var message)) Route(message);
        }
        finally
        {
            // What has an outcome must have it on the disk, too.
            await Task.WhenAll(servers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _journal.Complete();
            await writing;
        }

        await Task.WhenAll([.. servers, .. senders]);
    }

    private void Route(HubMessage message)
    {
        if (!_byTopic.TryGetValue(message.Topic, out var route)) return;
        var (recipient, replies) = route;
        if (PlainDownlink.IsOwnEcho(message.Payload.Span)) return;
        replies.Hear(message.Attempt);
        bool isCommand = PlainDownlink.TryRead(message.Payload, out var command, out var refusal);
        string? id = command?.Id ?? refusal?.Id;
        if (id is not null && IsRepeat(recipient, id, message.Attempt))
        {
            LogRepeated(_logger, id, recipient.Id);
        }
        else if (!isCommand)
        {
            LogUnreadable(_logger, recipient.Id, message.Payload.Length, refusal!.Reason); // no command, so a refusal
            Refuse(recipient, replies, refusal);
        }
        else if (!recipient.TryQueue(command!, message.Attempt)) // a command, as it was read
        {
            string reason = $"{CommandRecipient.QueueLength} commands wait already: send it later, with a new id.";
            Refuse(recipient, replies, CommandReply.Of(id, CommandOutcome.Refused, reason));
        }
    }

    /// <summary>Whether a command is known. If it has its outcome, it is answered again.</summary>
    /// <remarks>
    /// Both are asked, in this order: a command that has just ended is known to the recipient, and yet its reply may have been delivered.
    /// </remarks>
    private bool IsRepeat(CommandRecipient recipient, string id, int attempt) =>
        recipient.IsRepeat(id, attempt) | _journal.TryAnswerAgain(recipient.Id, id);

    private void Refuse(CommandRecipient recipient, ReplySender replies, CommandReply refusal)
    {
        if (refusal.Id is { } id) _journal.Finish(recipient.Id, id, ReplyPayload.Of(refusal));
        else _refusals.Send(recipient, refusal, replies.IsOnline);
    }

    private async Task ServeAsync(CommandRecipient recipient, CancellationToken stopping)
    {
        while (await UntilCommandAsync(recipient, stopping))
        {
            while (recipient.Commands.TryRead(out var command))
            {
                var reply = await _execution.ExecuteAsync(recipient, command, stopping);
                LogExecuted(_logger, command.Id, recipient.Id, reply.Outcome, reply.Reason ?? "");
                // Only now: a repeat finds it here or in the journal.
                recipient.End(command.Id);
            }

            if (stopping.IsCancellationRequested) return;
        }
    }

    /// <returns><see langword="false"/> when none comes any more.</returns>
    private static async Task<bool> UntilCommandAsync(CommandRecipient recipient, CancellationToken stopping)
    {
        try
        {
            return await recipient.Commands.WaitToReadAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return recipient.Commands.Count > 0;
        }
    }

    [LoggerMessage(4301, LogLevel.Warning, "A message of {Length} bytes to {Device} is no command: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, SubDeviceId device, int length, string? reason);

    [LoggerMessage(4302, LogLevel.Information, "Command {Id} to {Device}: {Outcome} {Reason}")]
    private static partial void LogExecuted(ILogger logger, string id, SubDeviceId device, CommandOutcome outcome, string reason);

    [LoggerMessage(4307, LogLevel.Information, "Command {Id} to {Device} came again: it is not carried out again, and has one answer")]
    private static partial void LogRepeated(ILogger logger, string id, SubDeviceId device);
}
