using System.Collections.Frozen;
using System.Threading.Channels;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Takes commands from the hub to the sub-device they are for, one after another for each, and answers each once.</summary>
internal sealed partial class CommandRouter
{
    /// <summary>How many refusals of what has no id may wait for the hub, over all sub-devices.</summary>
    private const int RefusalsWaiting = 64;

    /// <summary>How long a command may take from when its turn came.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly FrozenDictionary<string, (CommandRecipient Recipient, ReplySender Replies)> _byTopic;
    private readonly FrozenDictionary<SubDeviceId, ReplySender> _senders;
    private readonly Channel<(CommandRecipient Recipient, CommandReply Reply)> _refusals =
        Channel.CreateBounded<(CommandRecipient, CommandReply)>(RefusalsWaiting);
    private readonly CommandJournal _journal;
    private readonly JournalWriter _writer;
    private readonly IReplyPublisher _hub;
    private readonly Func<int, bool> _isCurrent;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="recipients">Who takes commands.</param>
    /// <param name="journal">What was begun and what became of it.</param>
    /// <param name="writer">Keeps the journal's file; the router runs it.</param>
    /// <param name="hub">Where replies go.</param>
    /// <param name="isCurrent">Whether the connection of that number still stands.</param>
    /// <param name="time">The clock that the sender's expiry is held against: the hub's, as far as it is known.</param>
    /// <param name="logger">The log.</param>
    public CommandRouter(
        IEnumerable<CommandRecipient> recipients,
        CommandJournal journal,
        JournalWriter writer,
        IReplyPublisher hub,
        Func<int, bool> isCurrent,
        TimeProvider time,
        ILogger<CommandRouter> logger)
    {
        _journal = journal;
        _writer = writer;
        _hub = hub;
        _isCurrent = isCurrent;
        _time = time;
        _logger = logger;
        _byTopic = recipients.ToFrozenDictionary(
            recipient => recipient.CommandTopic, recipient => (recipient, new ReplySender(recipient, journal, hub, isCurrent, time, logger)), StringComparer.Ordinal);
        _senders = _byTopic.Values.ToFrozenDictionary(route => route.Recipient.Id, route => route.Replies);
        journal.ReplyReady = device => _senders.GetValueOrDefault(device)?.Wake();
    }

    public DownlinkStatus Status => _journal.Status with { CommandsWaiting = _byTopic.Values.Sum(route => route.Recipient.Commands.Count) };

    /// <summary>What the hub is known to have of a sub-device. Its replies wait until it has it online.</summary>
    public void Follow(SubDeviceId device, CloudState state) => _senders.GetValueOrDefault(device)?.Follow(state);

    public async Task RunAsync(ChannelReader<HubMessage> messages, CancellationToken stopping)
    {
        await _writer.OpenAsync();
        var writing = _writer.RunAsync();
        Task[] servers = [.. _byTopic.Values.Select(route => ServeAsync(route.Recipient, stopping))];
        Task[] senders = [RefuseAsync(stopping), .. _senders.Values.Select(sender => sender.RunAsync(stopping))];
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
        if ((command?.Id ?? refusal?.Id) is { } id && (recipient.IsRepeat(id, message.Attempt) || _journal.TryAnswerAgain(recipient.Id, id)))
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
            Refuse(recipient, replies, CommandReply.Of(
                command!.Id, CommandOutcome.Refused, $"{CommandRecipient.QueueLength} commands wait already: send it later, with a new id."));
        }
    }

    private void Refuse(CommandRecipient recipient, ReplySender replies, CommandReply refusal)
    {
        if (refusal.Id is { } id) _journal.Finish(recipient.Id, id, ReplyPayload.Of(refusal));
        // A hub that takes no replies must not keep commands from those who can carry them out.
        else if (!replies.IsOnline) LogRefusalLost(_logger, recipient.Id, "the hub does not have it online.");
        else if (!_refusals.Writer.TryWrite((recipient, refusal))) LogRefusalLost(_logger, recipient.Id, $"{RefusalsWaiting} refusals wait already.");
    }

    private async Task RefuseAsync(CancellationToken stopping)
    {
        while (true)
        {
            var (recipient, refusal) = await _refusals.Reader.ReadAsync(stopping);
            try
            {
                await _hub.PublishAsync(recipient.ReplyTopic, ReplyPayload.Of(refusal), PublishPriority.CommandReply, stopping);
            }
            catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
            {
                LogRefusalLost(_logger, recipient.Id, exception.Message);
            }
        }
    }

    private async Task ServeAsync(CommandRecipient recipient, CancellationToken stopping)
    {
        while (await UntilCommandAsync(recipient, stopping))
        {
            while (recipient.Commands.TryRead(out var command))
            {
                var reply = stopping.IsCancellationRequested
                    ? CommandReply.Of(command.Id, CommandOutcome.Refused, "The gateway ended before its turn came: send it with a new id.")
                    : await ExecuteAsync(recipient, command);
                LogExecuted(_logger, command.Id, recipient.Id, reply.Outcome, reply.Reason ?? "");
                _journal.Finish(recipient.Id, command.Id, ReplyPayload.Of(reply));
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

    /// <remarks>Being told to stop does not end it: the channels are told first, and what is under way hears of it there.</remarks>
    private async Task<CommandReply> ExecuteAsync(CommandRecipient recipient, DownlinkCommand command)
    {
        if (ObstacleTo(recipient, command) is { } obstacle) return CommandReply.Of(command.Id, CommandOutcome.Refused, obstacle);
        using var deadline = new CancellationTokenSource(Deadline, _time);
        return await recipient.Execute(command, cancellationToken => BeginAsync(recipient, command, cancellationToken), deadline.Token);
    }

    /// <summary>Writes down that the driver is about to be asked.</summary>
    /// <returns>Why it must not be, or <see langword="null"/>.</returns>
    private async Task<string?> BeginAsync(CommandRecipient recipient, DownlinkCommand command, CancellationToken cancellationToken)
    {
        try
        {
            // It may have waited for its driver, and then for the disk.
            string? obstacle = ObstacleTo(recipient, command)
                ?? await _journal.BeginAsync(recipient.Id, command.Id, cancellationToken)
                ?? ObstacleTo(recipient, command);
            cancellationToken.ThrowIfCancellationRequested();
            return obstacle;
        }
        catch (OperationCanceledException)
        {
            return "It could not be noted on the gateway's disk before its time was up or its channel ended, so it is not carried out.";
        }
    }

    private string? ObstacleTo(CommandRecipient recipient, DownlinkCommand command)
    {
        if (!_isCurrent(recipient.AttemptOf(command.Id))) return "The connection it came on has ended before its turn came: send it with a new id.";
        return command.Expires <= _time.GetUtcNow() ? $"The command expired at {command.Expires:O}." : null;
    }

    [LoggerMessage(4301, LogLevel.Warning, "A message of {Length} bytes to {Device} is no command: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, SubDeviceId device, int length, string? reason);

    [LoggerMessage(4302, LogLevel.Information, "Command {Id} to {Device}: {Outcome} {Reason}")]
    private static partial void LogExecuted(ILogger logger, string id, SubDeviceId device, CommandOutcome outcome, string reason);

    [LoggerMessage(4303, LogLevel.Warning, "The refusal of a message without an id to {Device} did not reach the hub: {Reason}")]
    private static partial void LogRefusalLost(ILogger logger, SubDeviceId device, string reason);

    [LoggerMessage(4307, LogLevel.Information, "Command {Id} to {Device} came again: it is not carried out again, and has one answer")]
    private static partial void LogRepeated(ILogger logger, string id, SubDeviceId device);
}
