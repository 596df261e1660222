using System.Buffers;

namespace BridgeFramework.Runtime;

/// <summary>The durable state of one channel: a folder with one file for each entry, replaced by rename.</summary>
internal sealed class FileChannelStore(string folder) : IChannelStore, IDisposable
{
    private const int MaxKeyLength = 64;
    private const int MaxValueLength = 1024 * 1024;
    private const string Temporary = ".writing";

    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly SemaphoreSlim _writing = new(1);

    public async ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        string path = PathOf(key);
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public async ValueTask WriteAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        string path = PathOf(key);
        if (value.Length > MaxValueLength)
            throw new ArgumentException($"Entry '{key}' has {value.Length} bytes: a channel store takes at most {MaxValueLength}.", nameof(value));
        await _writing.WaitAsync(cancellationToken);
        try
        {
            CreateFolder();
            string temporary = path + Temporary;
            await using (var file = new FileStream(temporary, WriteOptions()))
            {
                await file.WriteAsync(value, cancellationToken);
                // The disk may be busy with something large, and the pool of a small machine has one or two threads for all channels.
                await OwnThread.RunAsync(() => file.Flush(flushToDisk: true));
            }

            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        string path = PathOf(key);
        await _writing.WaitAsync(cancellationToken);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Directory.Exists(folder)) File.Delete(path);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private string PathOf(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.Length > MaxKeyLength || key[0] == '.' || key.AsSpan().ContainsAnyExcept(KeyCharacters) || key.EndsWith(Temporary, StringComparison.Ordinal))
            throw new ArgumentException($"'{key}' is no key of a channel store: expected 1 to {MaxKeyLength} of A-Z a-z 0-9 . _ -, not beginning with a dot.", nameof(key));
        return Path.Combine(folder, key);
    }

    private void CreateFolder()
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static FileStreamOptions WriteOptions()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
