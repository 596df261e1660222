using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>The journal's file on a disk: readable by its owner only, replaced by rename.</summary>
internal sealed class CommandLogFile(PrivateFolder folder) : ICommandLog
{
    /// <summary>Several times what the journal lets it become: a larger one is not ours.</summary>
    private const int MaxLength = 128 * 1024 * 1024;

    private readonly PrivateFile _file = folder.File("journal.jsonl");
    private bool _isNameSafe; // as far as this process knows

    public string Name => _file.Path;

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        if (folder.Disk.Find(_file.Path) is { Length: > MaxLength and var length })
            throw new InvalidDataException($"{_file.Path} has {length} bytes, and at most {MaxLength} are expected: move it away.");
        return new(_file.TryRead(MaxLength));
    }

    public ValueTask AppendAsync(ReadOnlyMemory<byte> lines, bool sync)
    {
        folder.Make();
        using var file = folder.Disk.Open(_file.Path, _file.Exists ? DiskAccess.ReadWrite : DiskAccess.Create);
        file.Write(file.Length, lines.Span);
        if (!sync) return ValueTask.CompletedTask;
        file.Sync();
        if (!_isNameSafe) folder.Sync();
        _isNameSafe = true;
        return ValueTask.CompletedTask;
    }

    public async ValueTask ReplaceAsync(ReadOnlyMemory<byte> content)
    {
        await _file.ReplaceAsync(content, CancellationToken.None);
        _isNameSafe = true;
    }
}
