namespace BridgeFramework.Files;

/// <summary>Ways to read an open file.</summary>
public static class DiskFileReading
{
    private const int Chunk = 64 * 1024;

    /// <summary>Reads as many bytes as are asked for.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Where from.</param>
    /// <param name="bytes">Takes them.</param>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    /// <exception cref="IOException">They cannot be read.</exception>
    public static void ReadExactly(this IDiskFile file, long offset, Span<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(file);
        int read = file.Read(offset, bytes);
        if (read < bytes.Length)
            throw new EndOfStreamException($"The file ends at {offset + read}, {bytes.Length - read} bytes too early.");
    }

    /// <summary>Hands over all of a file, piece by piece.</summary>
    /// <param name="file">The file.</param>
    /// <param name="take">Takes a piece, which is only good until it returns.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static void ReadAll(this IDiskFile file, Action<ReadOnlyMemory<byte>> take)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(take);
        byte[] chunk = new byte[(int)Math.Clamp(file.Length, 1, Chunk)];
        for (long offset = 0; file.Read(offset, chunk) is > 0 and var read; offset += read) take(chunk.AsMemory(0, read));
    }
}
