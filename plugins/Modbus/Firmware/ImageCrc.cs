namespace BridgeFramework.Modbus;

/// <summary>The CRC32 by which a unit checks an image.</summary>
/// <remarks>Source: IEEE 802.3, as in zlib: reflected polynomial EDB88320, begun and ended with FFFFFFFF. "123456789" gives CBF43926.</remarks>
internal static class ImageCrc
{
    private const uint Polynomial = 0xEDB88320;
    private const int ChunkLength = 32 * 1024;
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    /// <summary>Reads an image from end to end.</summary>
    /// <exception cref="DriverException">The image ends too early.</exception>
    public static async Task<uint> OfAsync(IFirmwareImage image, CancellationToken cancellationToken)
    {
        var chunk = new byte[ChunkLength];
        uint crc = uint.MaxValue;
        for (long offset = 0; offset < image.Size;)
        {
            int read = await image.ReadAsync(offset, chunk, cancellationToken);
            if (read == 0) throw new DriverException($"Version {image.Version} ends at byte {offset} of {image.Size}: its file is damaged.");
            crc = Add(crc, chunk.AsSpan(0, read));
            offset += read;
        }

        return ~crc;
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes) crc = (crc >> 8) ^ Table[(byte)(crc ^ b)];
        return crc;
    }

    private static uint Entry(int index)
    {
        uint crc = (uint)index;
        for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
        return crc;
    }
}
