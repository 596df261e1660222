namespace BridgeFramework.Runtime;

/// <summary>The journal's file on a disk: readable by its owner only, replaced by rename.</summary>
internal sealed class CommandLogFile(string folder) : ICommandLog
{
    /// <summary>Several times what the journal lets it become: a larger one is not ours.</summary>
    private const long MaxLength = 128 * 1024 * 1024;

    private readonly string _path = Path.Combine(folder, "journal.jsonl");

    public string Name => _path;

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        try
        {
            long length = new FileInfo(_path).Length;
            if (length > MaxLength) throw new InvalidDataException($"{_path} has {length} bytes, and at most {MaxLength} are expected: move it away.");
            return await File.ReadAllBytesAsync(_path, CancellationToken.None);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return default;
        }
    }

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> lines, bool sync)
    {
        CreateFolder();
        bool isNew = !File.Exists(_path);
        await WriteAsync(_path, FileMode.Append, lines, sync);
        if (isNew && sync) FolderSync.Sync(folder);
    }

    public async ValueTask ReplaceAsync(ReadOnlyMemory<byte> content)
    {
        CreateFolder();
        string draft = _path + ".writing";
        File.Delete(draft); // what a killed gateway left
        await WriteAsync(draft, FileMode.CreateNew, content, sync: true);
        File.Move(draft, _path, overwrite: true);
        // Without it what is synced to the new file later could be lost with its name.
        FolderSync.Sync(folder);
    }

    private static async Task WriteAsync(string path, FileMode mode, ReadOnlyMemory<byte> content, bool sync)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(path, options);
        await file.WriteAsync(content, CancellationToken.None);
        if (sync) file.Flush(flushToDisk: true);
    }

    private void CreateFolder()
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
