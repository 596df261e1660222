using System.Threading.Channels;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Takes commands from the hub to the sub-device they are for, one after another for each, and answers each once.</summary>
internal sealed partial class CommandRouter
{
    private readonly Lock _gate = new();
    private readonly RefusalSender _refusals;
    private readonly CommandJournal _journal;
    private readonly JournalWriter _writer;
    private readonly CommandExecution _execution;
    private readonly Func<CommandRecipient, ReplySender> _senderOf;
    private readonly ILogger _logger;
    private volatile RecipientTable _table = RecipientTable.Empty; // changed under the lock
    private Func<Func<CancellationToken, Task>, Task> _start = _ => Task.CompletedTask; // likewise; does something once it runs

    /// <param name="journal">What was begun and what became of it.</param>
    /// <param name="writer">Keeps the journal's file; the router runs it.</param>
    /// <param name="hub">Where replies go.</param>
    /// <param name="stateOf">What the hub has of a sub-device: replies wait until it has it online.</param>
    /// <param name="isCurrent">Whether the connection of that number still stands.</param>
    /// <param name="time">The clock that the sender's expiry is held against: the hub's, as far as it is known.</param>
    /// <param name="logger">The log.</param>
    public CommandRouter(
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
        _senderOf = recipient => new ReplySender(recipient, journal, hub, stateOf, isCurrent, time, logger);
        _logger = logger;
        journal.ReplyReady = device => _table.Find(device)?.Replies.Wake();
    }

    public DownlinkStatus Status => _journal.Status with { CommandsWaiting = _table.All.Sum(served => served.Recipient.Waiting) };

    /// <summary>What the hub has of a sub-device has changed.</summary>
    public void Follow(SubDeviceId device) => _table.Find(device)?.Replies.Follow();

    /// <summary>These take commands from now on, in place of those before. Who stays keeps its commands and its replies. Who is not among
    /// them leaves: its commands are refused, and its replies go on until it is forgotten. Safe from any thread, running or not.</summary>
    /// <param name="routes">One for each sub-device. One without a channel has been leaving for longer than this gateway runs.</param>
    public void Apply(IEnumerable<CommandRoute> routes)
    {
        lock (_gate)
        {
            var named = routes.Select(TakeUp).ToDictionary(served => served.Recipient.Id);
            var others = _table.All.Where(served => !named.ContainsKey(served.Recipient.Id)).ToList();
            foreach (var leaving in others) leaving.Recipient.Route = leaving.Recipient.Route with { Channel = null };
            _table = new RecipientTable([.. named.Values, .. others]);
        }
    }

    /// <summary>Whether a sub-device has commands that wait or are under way, or replies that the hub does not have.</summary>
    public bool HasReplies(SubDeviceId device) =>
        _table.Find(device)?.Recipient.HasCommands == true || _journal.HasReplies(device); // in this order: one becomes the other

    /// <summary>Forgets a sub-device that leaves, once no command of it is under way any more. Replies that the hub does not have are given
    /// up. One that is named again meanwhile is not forgotten.</summary>
    public void Forget(SubDeviceId device)
    {
        lock (_gate)
        {
            if (_table.Find(device) is not { Recipient.Route.Channel: null } leaving) return;
            leaving.IsForgotten = true;
            if (!leaving.Recipient.HasCommands) Drop(leaving);
        }
    }

    public async Task RunAsync(ChannelReader<HubMessage> messages, CancellationToken stopping)
    {
        await _writer.OpenAsync();
        var writing = _writer.RunAsync();
        using var tasks = new TaskGroup(stopping);
        _ = tasks.Start(_refusals.RunAsync); // no task of a group fails
        lock (_gate)
        {
            _start = tasks.Start;
            foreach (var served in _table.All) _ = tasks.Start(served.Replies.RunAsync);
        }

        _ = tasks.Start(ending => RouteAsync(messages, tasks, ending));
        try
        {
            await tasks.UntilEndAsync();
        }
        finally
        {
            // What has an outcome must have it on the disk, too.
            _journal.Complete();
            await writing;
        }
    }

    private ServedRecipient TakeUp(CommandRoute route)
    {
        if (_table.Find(route.Device) is { } known)
        {
            known.Recipient.Route = route;
            known.IsForgotten = false;
            return known;
        }

        var recipient = new CommandRecipient(route);
        var added = new ServedRecipient(recipient, _senderOf(recipient));
        _ = _start(added.Replies.RunAsync);
        added.Replies.Wake(); // what an earlier life has left
        return added;
    }

    private void Drop(ServedRecipient gone)
    {
        _table = new RecipientTable([.. _table.All.Where(served => served != gone)]);
        gone.Replies.End();
        if (_table.Find(gone.Recipient.Id) is null) _journal.GiveUp(gone.Recipient.Id);
    }

    private async Task RouteAsync(ChannelReader<HubMessage> messages, TaskGroup tasks, CancellationToken ending)
    {
        while (await messages.WaitToReadAsync(ending))
        {
            while (messages.TryRead(out var message))
            {
                if (_table.Find(message.Topic) is { } served && Take(message, served) && served.Recipient.TryServe())
                    _ = tasks.Start(stopping => ServeAsync(served, stopping));
            }
        }
    }

    /// <returns>Whether it was queued.</returns>
    private bool Take(HubMessage message, ServedRecipient served)
    {
        var (recipient, replies) = (served.Recipient, served.Replies);
        if (PlainDownlink.IsOwnEcho(message.Payload.Span)) return false;
        replies.Hear(message.Attempt);
        bool isCommand = PlainDownlink.TryRead(message.Payload, out var command, out var refusal);
        string? id = command?.Id ?? refusal?.Id;
        if (id is not null && IsRepeat(recipient, id, message.Attempt))
        {
            LogRepeated(_logger, id, recipient.Id);
            return false;
        }

        if (!isCommand)
        {
            LogUnreadable(_logger, recipient.Id, message.Payload.Length, refusal!.Reason); // no command, so a refusal
            Refuse(recipient, replies, refusal);
            return false;
        }

        if (recipient.TryQueue(command!, message.Attempt)) return true; // a command, as it was read
        string reason = $"{CommandRecipient.QueueLength} commands wait already: send it later, with a new id.";
        Refuse(recipient, replies, CommandReply.Of(id, CommandOutcome.Refused, reason));
        return false;
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

    private async Task ServeAsync(ServedRecipient served, CancellationToken stopping)
    {
        var recipient = served.Recipient;
        while (recipient.Next() is { } command)
        {
            var reply = await _execution.ExecuteAsync(recipient, command, stopping);
            LogExecuted(_logger, command.Id, recipient.Id, reply.Outcome, reply.Reason ?? "");
            // Only now: a repeat finds it here or in the journal.
            recipient.End(command.Id);
        }

        lock (_gate)
            if (served.IsForgotten && !recipient.HasCommands) Drop(served);
    }

    [LoggerMessage(4301, LogLevel.Warning, "A message of {Length} bytes to {Device} is no command: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, SubDeviceId device, int length, string? reason);

    [LoggerMessage(4302, LogLevel.Information, "Command {Id} to {Device}: {Outcome} {Reason}")]
    private static partial void LogExecuted(ILogger logger, string id, SubDeviceId device, CommandOutcome outcome, string reason);

    [LoggerMessage(4307, LogLevel.Information, "Command {Id} to {Device} came again: it is not carried out again, and has one answer")]
    private static partial void LogRepeated(ILogger logger, string id, SubDeviceId device);
}
