using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>The journal's file on a disk: readable by its owner only, replaced by rename.</summary>
internal sealed class CommandLogFile(PrivateFolder folder) : ICommandLog
{
    /// <summary>More than the journal lets it become. Of a larger one the end counts, for that is the newest.</summary>
    internal const int MaxLength = 64 * 1024 * 1024;

    private readonly PrivateFile _file = folder.File("journal.jsonl");
    private bool _isNameSafe; // as far as this process knows

    public string Name => _file.Path;

    public ValueTask<JournalContent> ReadAsync() => new(OwnThread.RunAsync(Read));

    // What is not synced only goes into the memory of the system, and is not worth a thread.
    public ValueTask AppendAsync(ReadOnlyMemory<byte> lines, bool sync)
    {
        if (sync) return new(OwnThread.RunAsync(() => Append(lines, sync)));
        Append(lines, sync);
        return ValueTask.CompletedTask;
    }

    public async ValueTask ReplaceAsync(ReadOnlyMemory<byte> content)
    {
        await _file.ReplaceAsync(content, CancellationToken.None);
        _isNameSafe = true;
    }

    private JournalContent Read()
    {
        if (!_file.Exists) return new JournalContent(default, Skipped: 0);
        using var file = folder.Disk.Open(_file.Path, DiskAccess.Read);
        long length = file.Length;
        long skipped = Math.Max(0, length - MaxLength);
        byte[] bytes = new byte[length - skipped];
        var content = bytes.AsMemory(0, file.Read(skipped, bytes));
        if (skipped == 0) return new JournalContent(content, skipped);
        int begun = content.Span.IndexOf((byte)'\n') + 1; // behind the line that was cut
        return new JournalContent(content[begun..], skipped + begun);
    }

    private void Append(ReadOnlyMemory<byte> lines, bool sync)
    {
        folder.Make();
        using var file = folder.Disk.Open(_file.Path, _file.Exists ? DiskAccess.ReadWrite : DiskAccess.Create);
        file.Write(file.Length, lines.Span);
        if (!sync) return;
        file.Sync();
        if (!_isNameSafe) folder.Sync();
        _isNameSafe = true;
    }
}
