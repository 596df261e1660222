using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BridgeFramework.Drivers;

/// <summary>State of a channel that must survive restarts and a damaged disk: a record in the channel's
/// store, versioned, checked, kept twice.</summary>
/// <remarks>
/// An entry is a line <c>version digest</c> and JSON. It is written as <c>key</c>, then as <c>key.copy</c>; a damaged one is passed
/// over, so that at worst the latest change is lost. One caller at a time writes.
/// </remarks>
/// <typeparam name="TState">The driver's own record.</typeparam>
/// <param name="store">The channel's store.</param>
/// <param name="key">1 to 59 characters; see <see cref="IChannelStore.ReadAsync"/>.</param>
/// <param name="version">The version of the record, 1 or more. Raise it when an older plugin would misread what this one writes.</param>
/// <param name="type">How the record is read and written.</param>
public sealed class StoredState<TState>(IChannelStore store, string key, int version, JsonTypeInfo<TState> type)
    where TState : class
{
    private const int DigestLength = 16;
    private string[] Keys => [key, $"{key}.copy"];

    /// <summary>Reads the state.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The state last written, the one before where that is damaged, or <see langword="null"/> where there is none.</returns>
    /// <exception cref="DriverException">It was written by a newer plugin; not transient. Nothing is overwritten.</exception>
    /// <exception cref="JsonException">What was written, undamaged, is not what <typeparamref name="TState"/>
    /// is now: raise the version, or read both.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public async Task<TState?> ReadAsync(CancellationToken cancellationToken)
    {
        foreach (string candidate in Keys)
            if (await store.ReadAsync(candidate, cancellationToken) is { } entry && Parse(entry) is { } state) return state;
        return null;
    }

    /// <summary>Writes the state. When the task ends it is on the disk.</summary>
    /// <param name="state">The state; at most about 1 MiB of JSON.</param>
    /// <param name="cancellationToken">Gives up; what was written before stays readable.</param>
    /// <exception cref="IOException">The disk failed; what was written before stays readable.</exception>
    public async Task WriteAsync(TState state, CancellationToken cancellationToken)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(state, type);
        byte[] entry = [.. Encoding.ASCII.GetBytes($"{version} {DigestOf(version, json)}\n"), .. json];
        foreach (string copy in Keys) await store.WriteAsync(copy, entry, cancellationToken);
    }

    /// <summary>Of both: a damaged version must not pass for a newer one.</summary>
    private static string DigestOf(int version, ReadOnlySpan<byte> json)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(version.ToString(CultureInfo.InvariantCulture)));
        hash.AppendData(json);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..DigestLength];
    }

    private TState? Parse(ReadOnlySpan<byte> entry)
    {
        int end = entry.IndexOf((byte)'\n');
        if (end < 0) return null;
        var json = entry[(end + 1)..];
        string[] header = Encoding.ASCII.GetString(entry[..end]).Split(' ');
        if (header.Length != 2 || !int.TryParse(header[0], CultureInfo.InvariantCulture, out int written)) return null;
        if (header[1] != DigestOf(written, json)) return null;
        return written <= version
            ? JsonSerializer.Deserialize(json, type)
            : throw new DriverException(
                $"The state '{key}' is of version {written} and this plugin knows up to {version}: bring back the newer plugin.")
            {
                IsTransient = false,
            };
    }
}
