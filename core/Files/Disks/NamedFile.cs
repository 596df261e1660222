namespace BridgeFramework.Files;

/// <summary>Opens files that the operator has named: a link is followed, as secrets and certificates are often mounted as links.</summary>
/// <remarks>As with <see cref="RegularFile"/>, what is no regular file is refused, and on Linux opening never blocks.</remarks>
public static class NamedFile
{
    private const int BufferSize = 4096;

    /// <summary>Opens a file to read it.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <exception cref="IOException">It is not there, cannot be opened, or is no regular file; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static FileStream OpenRead(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return RegularFile.Open(path, FileAccess.Read, BufferSize, followLinks: true);
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="maxLength">How many bytes it may have.</param>
    /// <exception cref="IOException">As for <see cref="OpenRead"/>, or it is longer.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static byte[] Read(string path, int maxLength)
    {
        using var file = OpenRead(path);
        if (file.Length > maxLength) throw TooLong(path, maxLength);
        // What the kernel makes up, below /proc or /sys, says that it has no bytes.
        var content = new byte[file.Length > 0 ? file.Length + 1 : maxLength + 1L];
        int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return length <= maxLength ? content[..length] : throw TooLong(path, maxLength);
    }

    private static IOException TooLong(string path, int maxLength) => new($"'{path}' has more than {maxLength} bytes.");
}
