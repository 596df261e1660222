using System.Security.Cryptography;

namespace BridgeFramework.Testing;

/// <summary>A firmware image of bytes. Its size and digest are those of the bytes, unless a test says
/// otherwise to have a damaged one.</summary>
/// <param name="version">The version it brings.</param>
/// <param name="bytes">Its bytes.</param>
public sealed class InMemoryFirmwareImage(string version, ReadOnlyMemory<byte> bytes) : IFirmwareImage
{
    /// <inheritdoc/>
    public string Version => version;

    /// <inheritdoc/>
    public long Size { get; init; } = bytes.Length;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Sha256 { get; init; } = SHA256.HashData(bytes.Span);

    /// <summary>Closes the image, as the gateway does when the update has ended: whoever reads it later gets an
    /// <see cref="ObjectDisposedException"/>.</summary>
    public bool Closed { get; set; }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Closed, this);
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Size);
        var rest = bytes[(int)Math.Min(offset, bytes.Length)..];
        if (rest.Length > buffer.Length) rest = rest[..buffer.Length];
        rest.CopyTo(buffer);
        return ValueTask.FromResult(rest.Length);
    }
}
