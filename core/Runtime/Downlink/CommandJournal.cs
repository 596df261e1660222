using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Remembers which commands were begun and what became of them: at most once over crashes, one outcome for each.</summary>
/// <remarks>
/// Safe to use from any thread. What is noted is safe once the <see cref="JournalWriter"/> says so; who must not go on before that waits.
/// </remarks>
internal sealed partial class CommandJournal(CommandJournalOptions options, TimeProvider time, ILogger<CommandJournal> logger)
{
    private readonly Channel<bool> _changes =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock _gate = new();
    private readonly CommandHistory _history = new(options, time);
    private JournalBatch _batch = new();
    private bool _rewrite; // what the file holds is not to be built upon
    private bool _isLarge; // the file is worth writing anew when something is to be synced anyway
    private long _change; // the last one
    private long _safe; // the last one that outlives a loss of power
    private long _tried; // the last one that was written or failed to be
    private string? _trouble;
    private int _damaged;

    /// <summary>Called when a sub-device may have a reply to send; set before anything is written. Must not call back at once.</summary>
    public Action<SubDeviceId> ReplyReady { get; set; } = _ => { };

    public DownlinkStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new DownlinkStatus
                {
                    CommandsUnderWay = _history.UnderWay,
                    RepliesWaiting = _history.Finished.Count,
                    DamagedLines = _damaged,
                    Trouble = _trouble,
                };
            }
        }
    }

    /// <summary>Tells the writer that there is something to take; it ends when nothing comes any more.</summary>
    public ChannelReader<bool> Changes => _changes.Reader;

    /// <summary>Has the writer look for something to write.</summary>
    public void Wake() => _changes.Writer.TryWrite(true);

    /// <summary>Nothing comes any more.</summary>
    public void Complete()
    {
        Wake();
        _changes.Writer.TryComplete();
    }

    /// <summary>Notes that a driver is about to be asked, and waits until that is safe.</summary>
    /// <param name="device">The sub-device.</param>
    /// <param name="id">The command's id; the journal has no outcome of it.</param>
    /// <param name="cancellationToken">Gives up the waiting. The intent may be noted all the same.</param>
    /// <returns>Why the driver must not be asked, or <see langword="null"/>.</returns>
    public async Task<string?> BeginAsync(SubDeviceId device, string id, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            var command = _history.Begin(device, id);
            command.HasIntent = true;
            _change++;
            Note(JournalEntry.Intent, command);
            _batch.Intents.Add((command, answer));
        }

        Wake();
        await using var givingUp = cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken));
        return await answer.Task;
    }

    /// <summary>Notes what became of a command, begun or not. Its reply is sent when that is safe.</summary>
    /// <remarks>
    /// On a disk that fails, the outcome of a command that was begun waits until it does not: a restart would say something else. One
    /// that was never begun is told all the same.
    /// </remarks>
    public void Finish(SubDeviceId device, string id, ReadOnlyMemory<byte> reply)
    {
        IReadOnlyList<JournaledCommand> lost;
        lock (_gate)
        {
            FinishLocked(_history.Find(device, id) is { Place: null } open ? open : _history.Begin(device, id), reply);
            lost = _history.Trim();
        }

        Wake();
        foreach (var command in lost) LogForgotten(logger, command.Id, command.Device);
    }

    /// <summary>Queues the reply to a command once more, if the command is known.</summary>
    public bool TryAnswerAgain(SubDeviceId device, string id)
    {
        lock (_gate)
        {
            if (_history.Find(device, id) is not { } command) return false;
            if (command.IsBeingSent) command.IsAskedAgain = true;
            else _history.QueueReply(command);
        }

        ReplyReady(device);
        return true;
    }

    /// <summary>
    /// Takes the first reply that a sub-device may send; to be given back with <see cref="Deliver"/> or <see cref="PutBack"/>.
    /// </summary>
    public JournaledCommand? TakeReply(SubDeviceId device)
    {
        lock (_gate)
        {
            var command = _history.NextReply(device, MaySend);
            if (command is not null) command.IsBeingSent = true;
            return command;
        }
    }

    /// <summary>The hub has the reply, or never will.</summary>
    public void Deliver(JournaledCommand command)
    {
        bool isWantedAgain;
        lock (_gate)
        {
            isWantedAgain = command.IsAskedAgain;
            if (_history.Deliver(command)) Note(JournalEntry.Delivered, command);
            if (isWantedAgain) _history.QueueReply(command);
            command.IsBeingSent = command.IsAskedAgain = false;
        }

        Wake();
        if (isWantedAgain) ReplyReady(command.Device);
    }

    /// <summary>The reply did not reach the hub: it is the first of its sub-device again.</summary>
    public void PutBack(JournaledCommand command)
    {
        bool isWantedAgain;
        lock (_gate)
        {
            isWantedAgain = command is { IsAskedAgain: true, Turn: null }; // it was given up meanwhile
            if (isWantedAgain) _history.QueueReply(command);
            command.IsBeingSent = command.IsAskedAgain = false;
        }

        if (isWantedAgain) ReplyReady(command.Device); // another one may send it by now
    }

    /// <summary>Whether a sub-device has replies to send.</summary>
    public bool HasReplies(SubDeviceId device)
    {
        lock (_gate) return _history.HasReplies(device);
    }

    /// <summary>The replies that a sub-device has to send are not sent any more: the gateway does not have it.</summary>
    public void GiveUp(SubDeviceId device)
    {
        int lost = 0;
        lock (_gate)
        {
            foreach (var command in _history.Of(device))
            {
                command.IsAskedAgain = false;
                if (!_history.Deliver(command)) continue;
                Note(JournalEntry.Delivered, command);
                lost++;
            }
        }

        if (lost == 0) return;
        Wake();
        LogGivenUp(logger, lost, device);
    }

    /// <summary>Takes up what the file holds. What was under way when the gateway ended has its outcome now: unknown.</summary>
    /// <returns>How many lines could not be read.</returns>
    /// <exception cref="InvalidDataException">A newer version has written it.</exception>
    public int Recall(ReadOnlyMemory<byte> content)
    {
        int damaged = 0;
        IReadOnlyList<JournaledCommand> lost;
        lock (_gate)
        {
            foreach (var range in content.Span.Split((byte)'\n'))
            {
                var text = content.Span[range];
                if (text.IsEmpty || JournalHeader.Is(text)) continue;
                if (JournalLine.TryRead(text, out var line, out var device)) _history.Recall(line, device, ++_change);
                else damaged++;
            }

            // The line that a process was killed in has no end, and what it did not sync can still be lost: all is written anew first.
            _rewrite |= content.Length > 0;
            _damaged = damaged;
            foreach (var command in _history.Finished) _batch.Devices.Add(command.Device);
            foreach (var command in _history.Open.ToList())
            {
                command.HasIntent = true;
                FinishLocked(command, ReplyPayload.Interrupted(command.Id));
            }

            lost = _history.Trim();
        }

        foreach (var command in lost) LogForgotten(logger, command.Id, command.Device);
        return damaged;
    }

    /// <summary>Gives the writer what is to be written now; to be answered with <see cref="Written"/> or <see cref="Failed"/>.</summary>
    public JournalBatch Take()
    {
        lock (_gate)
        {
            var batch = _batch;
            _batch = new JournalBatch();
            batch.Change = _change;
            if (!_rewrite && !(_isLarge && batch.Sync)) return batch;
            _rewrite = _isLarge = false;
            batch.Whole = _history.Entries();
            return batch;
        }
    }

    /// <summary>The file has what was taken.</summary>
    /// <param name="batch">What was taken.</param>
    /// <param name="isLarge">Whether the file has grown so large that it is worth writing anew.</param>
    /// <returns>Whether it did not work before.</returns>
    public bool Written(JournalBatch batch, bool isLarge)
    {
        bool healed;
        lock (_gate)
        {
            healed = _trouble is not null;
            _trouble = null;
            _safe = _tried = batch.Change;
            _isLarge = isLarge;
            // What waited for the disk longest may be of any sub-device.
            if (healed) batch.Devices.UnionWith(_history.Finished.Select(command => command.Device));
        }

        foreach (var (_, answer) in batch.Intents) answer.TrySetResult(null);
        foreach (var device in batch.Devices) ReplyReady(device);
        return healed;
    }

    /// <summary>The file may have any part of what was taken: nothing of it counts as safe, and the whole file is written next.</summary>
    /// <param name="batch">What was taken.</param>
    /// <param name="reason">What the disk said.</param>
    /// <param name="file">Where the file is.</param>
    /// <returns>Whether it worked before.</returns>
    public bool Failed(JournalBatch batch, string reason, string file)
    {
        bool isNew;
        lock (_gate)
        {
            isNew = _trouble is null;
            _trouble = $"The journal of commands does not work, so none is carried out: {reason} Check the disk under {file}.";
            _tried = batch.Change;
            _rewrite = true;
            foreach (var (command, _) in batch.Intents)
                if (command.Place is null) _history.Forget(command);
        }

        string refusal = $"It cannot be noted on the gateway's disk, so it is not carried out: {reason}";
        foreach (var (_, answer) in batch.Intents) answer.TrySetResult(refusal);
        foreach (var device in batch.Devices) ReplyReady(device);
        return isNew;
    }

    private bool MaySend(JournaledCommand command) => command.Change <= (command.HasIntent ? _safe : _tried);

    private void Note(JournalEntry entry, JournaledCommand command)
    {
        command.At = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!_batch.Add(entry, command)) _rewrite = true;
    }

    private void FinishLocked(JournaledCommand command, ReadOnlyMemory<byte> reply)
    {
        _history.Finish(command, reply, ++_change);
        Note(JournalEntry.Outcome, command);
    }

    [LoggerMessage(4316, LogLevel.Warning, "{Count} replies to commands of {Device} are given up before the hub had them: the gateway "
        + "does not have it any more")]
    private static partial void LogGivenUp(ILogger logger, int count, SubDeviceId device);

    [LoggerMessage(4314, LogLevel.Warning, "The reply to command {Id} of {Device} is forgotten before the hub had it: too many wait")]
    private static partial void LogForgotten(ILogger logger, string id, SubDeviceId device);
}
