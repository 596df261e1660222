using System.Text;

namespace BridgeFramework.Runtime;

/// <summary>The commands that are remembered, in memory, within bounds. Not thread-safe: the journal holds its lock.</summary>
/// <remarks>
/// Order is the order in which things happened and age is the steady clock's, so a system clock that jumps changes nothing.
/// When a bound is met the oldest delivered go first, then the oldest replies that wait; what is under way is never forgotten.
/// </remarks>
internal sealed class CommandHistory(CommandJournalOptions options, TimeProvider time)
{
    private readonly Dictionary<(SubDeviceId Device, string Id), JournaledCommand> _commands = [];
    private readonly LinkedList<JournaledCommand> _finished = [];
    private readonly LinkedList<JournaledCommand> _delivered = [];
    private readonly Dictionary<SubDeviceId, LinkedList<JournaledCommand>> _replies = [];
    private long _bytes;

    public int Count => _commands.Count;
    public int UnderWay => _commands.Count - _finished.Count - _delivered.Count;

    /// <summary>Those whose reply the hub does not have yet, oldest first.</summary>
    public IReadOnlyCollection<JournaledCommand> Finished => _finished;

    public IEnumerable<JournaledCommand> Open => _commands.Values.Where(command => command.Place is null);

    /// <summary>All that is remembered, in the order and the form that a file has it in.</summary>
    public IReadOnlyList<(JournalEntry Entry, JournaledCommand Command)> Entries() =>
    [
        .. _delivered.SelectMany(command => new[] { (JournalEntry.Outcome, command), (JournalEntry.Delivered, command) }),
        .. _finished.Select(command => (JournalEntry.Outcome, command)),
        .. Open.Select(command => (JournalEntry.Intent, command)),
    ];

    public JournaledCommand? Find(SubDeviceId device, string id) => _commands.GetValueOrDefault((device, id));

    /// <summary>Adds a command that is under way, in the place of what was known of it.</summary>
    public JournaledCommand Begin(SubDeviceId device, string id)
    {
        if (Find(device, id) is { } known) Forget(known);
        var command = new JournaledCommand(device, id);
        _commands.Add((device, id), command);
        return command;
    }

    /// <summary>Ends a command; its reply is the last that its sub-device has to send.</summary>
    public void Finish(JournaledCommand command, ReadOnlyMemory<byte> reply, long change)
    {
        command.Reply = reply;
        command.Change = change;
        _bytes += reply.Length;
        command.Place = _finished.AddLast(command);
        QueueReply(command);
    }

    /// <summary>The hub has the reply.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Deliver(JournaledCommand command)
    {
        EndTurn(command);
        if (command.Place?.List != _finished) return false;
        _finished.Remove(command.Place);
        command.DeliveredAt = time.GetTimestamp();
        command.Place = _delivered.AddLast(command);
        return true;
    }

    /// <summary>Takes up a line of the file. What it says counts, also against what was refused while the file could not be read.</summary>
    public void Recall(JournalLine line, SubDeviceId device, long change)
    {
        var command = Find(device, line.Id);
        switch (line.Entry)
        {
            case JournalEntry.Intent:
                command = Begin(device, line.Id);
                break;
            case JournalEntry.Outcome:
                if (command is not { Place: null }) command = Begin(device, line.Id);
                command.HasIntent = true; // whether or not: what the disk says is not told before it is safe there
                Finish(command, Encoding.UTF8.GetBytes(line.Reply!), change); // an outcome has one, or it is damaged
                break;
            case JournalEntry.Delivered when command is not null:
                Deliver(command);
                break;
        }

        if (command is not null) command.At = line.At;
    }

    /// <summary>Queues a reply behind those of its sub-device, unless it waits already.</summary>
    public void QueueReply(JournaledCommand command)
    {
        if (command.Turn is not null || command.Place is null) return;
        if (!_replies.TryGetValue(command.Device, out var replies)) _replies.Add(command.Device, replies = []);
        command.Turn = replies.AddLast(command);
    }

    /// <summary>The first reply of a sub-device that may be sent.</summary>
    public JournaledCommand? NextReply(SubDeviceId device, Func<JournaledCommand, bool> maySend) =>
        _replies.TryGetValue(device, out var replies) ? replies.FirstOrDefault(command => !command.IsBeingSent && maySend(command)) : null;

    /// <summary>Whether a sub-device has replies to send.</summary>
    public bool HasReplies(SubDeviceId device) => _replies.ContainsKey(device);

    /// <summary>All that is remembered of a sub-device.</summary>
    public IReadOnlyList<JournaledCommand> Of(SubDeviceId device) => [.. _commands.Values.Where(command => command.Device == device)];

    /// <summary>Forgets what is too old or too much.</summary>
    /// <returns>Commands whose reply was not delivered, and will not be.</returns>
    public IReadOnlyList<JournaledCommand> Trim()
    {
        while (_delivered.First?.Value is { DeliveredAt: { } at } oldest && time.GetElapsedTime(at) >= options.Retention) Forget(oldest);
        List<JournaledCommand> lost = [];
        while (_commands.Count > options.MaxCommands || _bytes > options.MaxBytes)
        {
            if (_delivered.First is { } delivered)
            {
                Forget(delivered.Value);
            }
            else if (_finished.First is { } finished)
            {
                lost.Add(finished.Value);
                Forget(finished.Value);
            }
            else
            {
                break; // as many are under way as there are sub-devices
            }
        }

        return lost;
    }

    public void Forget(JournaledCommand command)
    {
        EndTurn(command);
        command.Place?.List?.Remove(command.Place);
        command.Place = null;
        _bytes -= command.Reply.Length;
        _commands.Remove((command.Device, command.Id));
    }

    private void EndTurn(JournaledCommand command)
    {
        if (command.Turn?.List is not { } replies) return;
        replies.Remove(command.Turn);
        command.Turn = null;
        if (replies.Count == 0) _replies.Remove(command.Device);
    }
}
