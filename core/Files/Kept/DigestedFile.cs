using System.Security.Cryptography;
using System.Text;

namespace BridgeFramework.Files;

/// <summary>A small file of one line of text and the digest of that line: damage is seen before what it says is believed.</summary>
/// <param name="file">The file.</param>
/// <param name="maxLength">A file of more bytes is not ours.</param>
public sealed class DigestedFile(PrivateFile file, int maxLength)
{
    /// <summary>Where it is.</summary>
    public string Path => file.Path;

    /// <summary>Reads the line, whether or not its digest fits: a later version may end the file in another way.</summary>
    /// <param name="isWhole">Whether the digest fits.</param>
    /// <returns>The line; <see langword="null"/> where there is no file.</returns>
    /// <exception cref="InvalidDataException">It ends in the middle of the line.</exception>
    /// <exception cref="IOException">It cannot be read, or is too long to be ours.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public byte[]? TryRead(out bool isWhole)
    {
        isWhole = false;
        if (file.TryRead(maxLength) is not { } bytes) return null;
        int end = bytes.AsSpan().IndexOf((byte)'\n');
        if (end < 0) throw new InvalidDataException("it ends in the middle");
        byte[] line = bytes[..end];
        isWhole = bytes.AsSpan(end).SequenceEqual(EndOf(line));
        return line;
    }

    /// <summary>Puts another line in its place. Safe when this returns.</summary>
    /// <param name="line">The line, without a line feed.</param>
    /// <exception cref="IOException">It cannot be written; what it held is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; likewise.</exception>
    public Task WriteAsync(ReadOnlySpan<byte> line) => file.ReplaceAsync((byte[])[.. line, .. EndOf(line)], CancellationToken.None);

    private static byte[] EndOf(ReadOnlySpan<byte> line) =>
        [(byte)'\n', .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(line))), (byte)'\n'];
}
