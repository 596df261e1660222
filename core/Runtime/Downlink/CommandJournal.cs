using System.Buffers;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Remembers on disk which commands were begun and what became of them: at most once over crashes, one outcome for each.</summary>
/// <remarks>
/// <para>Safe to use from any thread. One loop writes; it takes all that has come since its last write, so that one sync serves many
/// and nobody holds a lock while the disk works. A command costs one sync before its driver is asked and one before its reply is sent.</para>
/// <para>After a failure the next write is the whole file anew, beside the old one: what a failed append or sync has left is not built upon.</para>
/// </remarks>
internal sealed partial class CommandJournal
{
    private readonly ICommandLog _log;
    private readonly CommandJournalOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private readonly CommandHistory _history;
    private JournalBatch _batch = new();
    private bool _rewrite; // what the file holds is not to be built upon
    private bool _isLarge; // the file is worth writing anew when something is to be synced anyway
    private long _change; // the last one
    private long _safe; // the last one that outlives a loss of power
    private long _tried; // the last one that was written or failed to be
    private string? _trouble;
    private int _damaged;

    // The writer's alone.
    private bool _isOpen;
    private volatile bool _isResting;
    private long _length;
    private long _kept;

    /// <param name="log">Where it is kept.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="time">The steady clock that ages are counted by.</param>
    /// <param name="logger">The log.</param>
    public CommandJournal(ICommandLog log, CommandJournalOptions options, TimeProvider time, ILogger<CommandJournal> logger)
    {
        _log = log;
        _options = options;
        _time = time;
        _logger = logger;
        _history = new CommandHistory(options, time);
    }

    /// <summary>Called when a sub-device may have a reply to send; set before <see cref="OpenAsync"/>. Must not call back at once.</summary>
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

    /// <summary>Reads what was remembered. Where the disk does not give it, commands are refused until it does.</summary>
    public Task OpenAsync() => WriteAsync();

    /// <summary>Writes what comes until <see cref="Complete"/>, and the rest after it.</summary>
    public async Task RunAsync()
    {
        while (await _wake.Reader.WaitToReadAsync(CancellationToken.None))
            if (_wake.Reader.TryRead(out _)) await WriteAsync();
    }

    /// <summary>Nothing comes any more.</summary>
    public void Complete()
    {
        Wake();
        _wake.Writer.TryComplete();
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
        foreach (var command in lost) LogForgotten(_logger, command.Id, command.Device);
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

    /// <summary>Takes the first reply that a sub-device may send; to be given back with <see cref="Deliver"/> or <see cref="PutBack"/>.</summary>
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
        lock (_gate)
        {
            command.IsBeingSent = false;
            if (_history.Deliver(command)) Note(JournalEntry.Delivered, command);
            if (command.IsAskedAgain) _history.QueueReply(command);
            command.IsAskedAgain = false;
        }

        Wake();
    }

    /// <summary>The reply did not reach the hub: it is the first of its sub-device again.</summary>
    public void PutBack(JournaledCommand command)
    {
        lock (_gate)
        {
            command.IsBeingSent = false;
            command.IsAskedAgain = false;
        }
    }

    private bool MaySend(JournaledCommand command) => command.Change <= (command.HasIntent ? _safe : _tried);

    private void Wake() => _wake.Writer.TryWrite(true);

    private void Note(JournalEntry entry, JournaledCommand command)
    {
        command.At = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!_batch.Add(entry, command)) _rewrite = true;
    }

    private void FinishLocked(JournaledCommand command, ReadOnlyMemory<byte> reply)
    {
        _history.Finish(command, reply, ++_change);
        Note(JournalEntry.Outcome, command);
    }

    private async Task WriteAsync()
    {
        JournalBatch? batch = null;
        long change = 0;
        try
        {
            if (!_isOpen) await ReadAsync();
            batch = Take(out change, out var whole);
            if (whole is not null)
            {
                var content = Encode(whole);
                await _log.ReplaceAsync(content);
                _length = _kept = content.Length;
            }
            else if (batch.Lines.Length > 0)
            {
                await _log.AppendAsync(batch.Lines, batch.Sync);
                _length += batch.Lines.Length;
            }

            Written(batch, change);
        }
        catch (Exception exception)
        {
            // Whatever it was: nothing is safe, so nothing is carried out. It must not end the gateway.
            batch ??= Take(out change, out _);
            Failed(batch, change, exception);
            if (!_isResting) _ = WakeLaterAsync();
        }

        foreach (var device in batch.Devices) ReplyReady(device);
    }

    /// <param name="change">The last change in it.</param>
    /// <param name="whole">What the whole file is to hold, where it is to be written anew; that includes the batch.</param>
    private JournalBatch Take(out long change, out IReadOnlyList<(JournalEntry Entry, JournaledCommand Command)>? whole)
    {
        lock (_gate)
        {
            var batch = _batch;
            _batch = new JournalBatch();
            change = _change;
            whole = null;
            if (!_rewrite && !(_isLarge && batch.Sync)) return batch;
            _rewrite = _isLarge = false;
            whole =
            [
                .. _history.Delivered.SelectMany(command => new[] { (JournalEntry.Outcome, command), (JournalEntry.Delivered, command) }),
                .. _history.Finished.Select(command => (JournalEntry.Outcome, command)),
                .. _history.Open.Select(command => (JournalEntry.Intent, command)),
            ];
            return batch;
        }
    }

    private static ReadOnlyMemory<byte> Encode(IReadOnlyList<(JournalEntry Entry, JournaledCommand Command)> whole)
    {
        var content = new ArrayBufferWriter<byte>(1024);
        foreach (var (entry, command) in whole) JournalLine.Write(content, entry, command);
        return content.WrittenMemory;
    }

    private void Written(JournalBatch batch, long change)
    {
        bool healed;
        lock (_gate)
        {
            healed = _trouble is not null;
            _trouble = null;
            _safe = _tried = change;
            _isLarge = _length > _options.CompactAt + (2 * _kept);
            // What waited for the disk longest may be of any sub-device.
            if (healed) batch.Devices.UnionWith(_history.Finished.Select(command => command.Device));
        }

        foreach (var (_, answer) in batch.Intents) answer.TrySetResult(null);
        if (healed) LogHealed(_logger, _log.Name);
    }

    private void Failed(JournalBatch batch, long change, Exception exception)
    {
        bool isNew;
        lock (_gate)
        {
            isNew = _trouble is null;
            _trouble = $"The journal of commands does not work, so none is carried out: {exception.Message} Check the disk under {_log.Name}.";
            _tried = change;
            _rewrite = true;
            foreach (var (command, _) in batch.Intents)
                if (command.Place is null) _history.Forget(command);
        }

        foreach (var (_, answer) in batch.Intents) answer.TrySetResult($"It cannot be noted on the gateway's disk, so it is not carried out: {exception.Message}");
        if (isNew) LogTrouble(_logger, exception, _log.Name);
    }

    // Not awaited: it cannot fail.
    private async Task WakeLaterAsync()
    {
        _isResting = true;
        await Task.Delay(_options.Retry, _time, CancellationToken.None);
        _isResting = false;
        Wake();
    }

    private async Task ReadAsync()
    {
        var content = await _log.ReadAsync();
        int damaged = 0;
        IReadOnlyList<JournaledCommand> lost;
        lock (_gate)
        {
            foreach (var range in content.Span.Split((byte)'\n'))
            {
                var text = content.Span[range];
                if (text.IsEmpty) continue;
                if (JournalLine.TryRead(text, out var line, out var device)) Apply(line, device);
                else damaged++;
            }

            // The line that a process was killed in has no end, and what it did not sync can still be lost: it is all written anew first.
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

        _isOpen = true;
        if (damaged > 0) LogDamaged(_logger, damaged, _log.Name);
        foreach (var command in lost) LogForgotten(_logger, command.Id, command.Device);
    }

    /// <summary>What the disk says counts, also against what was refused while it could not be read.</summary>
    private void Apply(JournalLine line, SubDeviceId device)
    {
        var command = _history.Find(device, line.Id);
        switch (line.Entry)
        {
            case JournalEntry.Intent:
                command = _history.Begin(device, line.Id);
                break;
            case JournalEntry.Outcome:
                if (command is not { Place: null }) command = _history.Begin(device, line.Id);
                command.HasIntent = true; // whether or not: what the disk says is not told before it is safe there
                _history.Finish(command, Encoding.UTF8.GetBytes(line.Reply!), ++_change); // an outcome has one, or it is damaged
                break;
            case JournalEntry.Delivered when command is not null:
                _history.Deliver(command);
                break;
        }

        if (command is not null) command.At = line.At;
    }

    [LoggerMessage(4311, LogLevel.Error, "The journal of commands in {File} does not work; no command is carried out until it does")]
    private static partial void LogTrouble(ILogger logger, Exception exception, string file);

    [LoggerMessage(4312, LogLevel.Information, "The journal of commands in {File} works again")]
    private static partial void LogHealed(ILogger logger, string file);

    [LoggerMessage(4313, LogLevel.Warning, "{Count} lines of the journal of commands in {File} cannot be read and are ignored: the process or its power ended while they were written, or the disk is damaged")]
    private static partial void LogDamaged(ILogger logger, int count, string file);

    [LoggerMessage(4314, LogLevel.Warning, "The reply to command {Id} of {Device} is forgotten before the hub had it: too many wait")]
    private static partial void LogForgotten(ILogger logger, string id, SubDeviceId device);
}
