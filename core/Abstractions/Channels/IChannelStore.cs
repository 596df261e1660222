namespace BridgeFramework;

/// <summary>Small durable state of one channel: named entries, each written atomically.</summary>
/// <remarks>
/// <para>For tables of joined devices, frame counters, cursors; not for values. A snapshot is kept when the plugin is
/// updated and comes back if the update is rolled back.</para>
/// <para>Safe to call from any thread; writes of one key take effect in the order of the calls.</para>
/// </remarks>
public interface IChannelStore
{
    /// <summary>Reads an entry.</summary>
    /// <param name="key">1 to 64 of <c>A-Z a-z 0-9 . _ -</c>, not beginning with a dot.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The bytes last written, or <see langword="null"/> where there are none.</returns>
    /// <exception cref="ArgumentException">The key is not of that form.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes an entry. When the task ends it is on the disk; a crash before leaves the old one whole.</summary>
    /// <param name="key">As for <see cref="ReadAsync"/>.</param>
    /// <param name="value">At most 1 MiB. Copied or written when the task ends.</param>
    /// <param name="cancellationToken">Gives up; the old entry stays whole.</param>
    /// <exception cref="ArgumentException">The key is not of that form, or the value is too long.</exception>
    /// <exception cref="IOException">The disk failed; the old entry stays whole.</exception>
    ValueTask WriteAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken);

    /// <summary>Removes an entry; harmless where there is none.</summary>
    /// <param name="key">As for <see cref="ReadAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The key is not of that form.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    ValueTask DeleteAsync(string key, CancellationToken cancellationToken);
}
