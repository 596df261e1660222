using System.Collections.Concurrent;

namespace BridgeFramework.Testing;

/// <summary>A channel's store that forgets everything with the process. Give it to a second channel to test a restart.</summary>
public sealed class InMemoryStore : IChannelStore
{
    private const int MaxLength = 1024 * 1024;
    private readonly ConcurrentDictionary<string, byte[]> _entries = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_entries.TryGetValue(Check(key), out byte[]? value) ? [.. value] : (byte[]?)null);

    /// <inheritdoc/>
    public ValueTask WriteAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        if (value.Length > MaxLength)
            throw new ArgumentException($"{value.Length} bytes are too long for an entry: at most {MaxLength}.", nameof(value));
        _entries[Check(key)] = value.ToArray();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
    {
        _entries.TryRemove(Check(key), out _);
        return ValueTask.CompletedTask;
    }

    private static string Check(string key)
    {
        bool usable = key.Length is > 0 and <= 64 && key[0] != '.' && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
        return usable ? key
            : throw new ArgumentException($"'{key}' is no key: 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with a dot.", nameof(key));
    }
}
