using System.Buffers;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Keeps the file of the journal: reads it at the start, and writes what the journal has noted.</summary>
/// <remarks>
/// <para>One loop writes; it takes all that has come since its last write, so that one sync serves many and nobody holds a lock while the
/// disk works. A command costs one sync before its driver is asked and one before its reply is sent.</para>
/// <para>After a failure the next write is the whole file anew, beside the old one: what a failed append or sync has left is not built
/// upon.</para>
/// </remarks>
internal sealed partial class JournalWriter(
    CommandJournal journal, ICommandLog log, CommandJournalOptions options, TimeProvider time, ILogger<JournalWriter> logger)
{
    private bool _isOpen;
    private volatile bool _isResting;
    private long _length;
    private long _kept; // its length when it was last written anew

    /// <summary>Reads what was remembered. Where the disk does not give it, commands are refused until it does.</summary>
    public Task OpenAsync() => WriteAsync();

    /// <summary>Writes what comes until <see cref="CommandJournal.Complete"/>, and the rest after it.</summary>
    public async Task RunAsync()
    {
        while (await journal.Changes.WaitToReadAsync(CancellationToken.None))
            if (journal.Changes.TryRead(out _)) await WriteAsync();
    }

    private async Task WriteAsync()
    {
        JournalBatch? batch = null;
        try
        {
            if (!_isOpen) await ReadAsync();
            batch = journal.Take();
            await WriteAsync(batch);
            if (journal.Written(batch, isLarge: _length > options.CompactAt + (2 * _kept))) LogHealed(logger, log.Name);
        }
        catch (Exception exception)
        {
            // Whatever it was: nothing is safe, so nothing is carried out. It must not end the gateway.
            if (journal.Failed(batch ?? journal.Take(), exception.Message, log.Name)) LogTrouble(logger, exception, log.Name);
            if (!_isResting) _ = WakeLaterAsync();
        }
    }

    private async Task ReadAsync()
    {
        var content = await log.ReadAsync();
        int damaged = journal.Recall(content.Lines);
        _isOpen = true;
        if (content.Skipped > 0) LogSkipped(logger, content.Skipped, log.Name);
        if (damaged > 0) LogDamaged(logger, damaged, log.Name);
    }

    private async Task WriteAsync(JournalBatch batch)
    {
        if (batch.Whole is { } whole)
        {
            var content = new ArrayBufferWriter<byte>(1024);
            JournalHeader.Write(content);
            foreach (var (entry, command) in whole) JournalLine.Write(content, entry, command);
            await log.ReplaceAsync(content.WrittenMemory);
            _length = _kept = content.WrittenCount;
        }
        else if (batch.Lines.Length > 0)
        {
            var lines = _length == 0 ? JournalHeader.Before(batch.Lines) : batch.Lines;
            await log.AppendAsync(lines, batch.Sync);
            _length += lines.Length;
        }
    }

    // Not awaited: it cannot fail.
    private async Task WakeLaterAsync()
    {
        _isResting = true;
        await Task.Delay(options.Retry, time, CancellationToken.None);
        _isResting = false;
        journal.Wake();
    }

    [LoggerMessage(4311, LogLevel.Error, "The journal of commands in {File} does not work; no command is carried out until it does")]
    private static partial void LogTrouble(ILogger logger, Exception exception, string file);

    [LoggerMessage(4312, LogLevel.Information, "The journal of commands in {File} works again")]
    private static partial void LogHealed(ILogger logger, string file);

    [LoggerMessage(4315, LogLevel.Warning, "The journal of commands in {File} is larger than the gateway lets it become: its first {Bytes} "
        + "bytes are not read, and it is written anew")]
    private static partial void LogSkipped(ILogger logger, long bytes, string file);

    [LoggerMessage(4313, LogLevel.Warning, "{Count} lines of the journal of commands in {File} cannot be read and are ignored: "
        + "the process or its power ended while they were written, or the disk is damaged")]
    private static partial void LogDamaged(ILogger logger, int count, string file);
}
