using System.Buffers.Binary;

namespace BridgeFramework.Plugins;

/// <summary>The directory at the end of a <c>.zip</c>, looked at before the library has all of it in memory.</summary>
/// <remarks>Source: PKWARE's APPNOTE.TXT, 4.3.16, end of central directory record; found from the end on, as the library does.</remarks>
internal static class ZipDirectory
{
    /// <summary>Names of a few thousand files take less.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;
    private const int EndLength = 22;
    private const int MaxComment = ushort.MaxValue;

    /// <summary>Gives what is wrong with it, a clause that can follow "because", or <see langword="null"/>. What is no archive is left to
    /// the library.</summary>
    /// <param name="file">The file; its position is moved.</param>
    public static string? FindMistake(Stream file)
    {
        byte[] tail = new byte[(int)Math.Min(file.Length, EndLength + MaxComment)];
        file.Position = file.Length - tail.Length;
        int length = file.ReadAtLeast(tail, tail.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (length < EndLength) return null;
        int at = tail.AsSpan(0, length - EndLength + 4).LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0) return null;
        var end = tail.AsSpan(at);
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        // The marks of the form for large archives, whose directory may be anywhere.
        if (start == uint.MaxValue || BinaryPrimitives.ReadUInt16LittleEndian(end[10..]) == ushort.MaxValue
            || BinaryPrimitives.ReadUInt16LittleEndian(end[4..]) == ushort.MaxValue)
            return "its archive has the form for more than 65534 files or 4 GiB";
        return file.Length - start - tail.Length > MaxBytes ? "its archive has a directory for more files than a plugin has" : null;
    }
}
