using System.Buffers;
using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>The durable state of one channel: a folder with one file for each entry.</summary>
internal sealed class FileChannelStore(PrivateFolder folder) : IChannelStore, IDisposable
{
    private const int MaxKeyLength = 64;
    private const int MaxValueLength = 1024 * 1024;

    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly SemaphoreSlim _writing = new(1);

    public ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var file = FileOf(key);
        cancellationToken.ThrowIfCancellationRequested();
        return new(file.TryRead(MaxValueLength));
    }

    public async ValueTask WriteAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var file = FileOf(key);
        if (value.Length > MaxValueLength)
            throw new ArgumentException(
                $"Entry '{key}' has {value.Length} bytes: a channel store takes at most {MaxValueLength}.", nameof(value));
        await DoAsync(() => file.ReplaceAsync(value, cancellationToken), cancellationToken);
    }

    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var file = FileOf(key);
        await DoAsync(() => OwnThread.RunAsync(file.Delete), cancellationToken);
    }

    public void Dispose() => _writing.Dispose();

    /// <summary>One after another, in the order of the calls.</summary>
    private async Task DoAsync(Func<Task> change, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await change();
        }
        finally
        {
            _writing.Release();
        }
    }

    private PrivateFile FileOf(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.Length > MaxKeyLength || key[0] == '.' || key.AsSpan().ContainsAnyExcept(KeyCharacters)
            || key.EndsWith(PrivateFile.Draft, StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"'{key}' is no key of a channel store: expected 1 to {MaxKeyLength} of A-Z a-z 0-9 . _ -, not beginning with a dot.",
                    nameof(key));
        }

        return folder.File(key);
    }
}
