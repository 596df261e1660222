using System.IO.Hashing;

namespace BridgeFramework.Modbus;

/// <summary>The CRC32 by which a unit checks an image.</summary>
/// <remarks>Source: IEEE 802.3, as in zlib. "123456789" gives CBF43926.</remarks>
internal static class ImageCrc
{
    private const int ChunkLength = 32 * 1024;

    /// <summary>Reads an image from end to end.</summary>
    /// <exception cref="DriverException">The image ends too early.</exception>
    public static async Task<uint> OfAsync(IFirmwareImage image, CancellationToken cancellationToken)
    {
        var chunk = new byte[ChunkLength];
        var crc = new Crc32();
        for (long offset = 0; offset < image.Size;)
        {
            int read = await image.ReadAsync(offset, chunk, cancellationToken);
            if (read == 0)
                throw new DriverException($"Version {image.Version} ends at byte {offset} of {image.Size}: its file is damaged.");
            crc.Append(chunk.AsSpan(0, read));
            offset += read;
        }

        return crc.GetCurrentHashAsUInt32();
    }
}
