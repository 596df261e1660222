namespace BridgeFramework;

/// <summary>A verified firmware image. Safe to read from any thread, at any offset, by several readers.</summary>
public interface IFirmwareImage
{
    /// <summary>The version it brings.</summary>
    string Version { get; }

    /// <summary>Its size in bytes.</summary>
    long Size { get; }

    /// <summary>The SHA-256 digest of its bytes, 32 bytes; the identity of the image.</summary>
    ReadOnlyMemory<byte> Sha256 { get; }

    /// <summary>Reads bytes.</summary>
    /// <param name="offset">Where to begin, 0 to <see cref="Size"/>.</param>
    /// <param name="buffer">Filled from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many bytes were read: all that fit, fewer only at the end, 0 at the end.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset is out of range.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken);
}
