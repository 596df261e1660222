namespace BridgeFramework.Files;

/// <summary>An open file. Reads may overlap with each other and with a write; writes do not overlap.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>How many bytes it has.</summary>
    long Length { get; }

    /// <summary>Reads what is there.</summary>
    /// <param name="offset">Where from.</param>
    /// <param name="bytes">Takes it.</param>
    /// <returns>How many bytes were read: fewer than asked for only where the file ends.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    int Read(long offset, Span<byte> bytes);

    /// <summary>Writes. After a failure any part of it may be there.</summary>
    /// <param name="offset">Where to, at most the present length.</param>
    /// <param name="bytes">What.</param>
    /// <exception cref="IOException">The disk is full, read-only or broken.</exception>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts the file off.</summary>
    /// <param name="length">What is left of it.</param>
    /// <exception cref="IOException">The disk does not do it.</exception>
    void Truncate(long length);

    /// <summary>Makes sure that a power cut takes nothing of what was written so far. The name of a new file is another matter.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    void Sync();
}
