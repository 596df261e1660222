using Microsoft.Win32.SafeHandles;

namespace BridgeFramework.Files;

/// <summary>Opens files whose folder somebody else has filled: regular ones only.</summary>
/// <remarks>
/// On Linux opening never blocks and never follows a link, and what was opened is looked at once more, so that nothing can be put in its
/// place.
/// </remarks>
public static class RegularFile
{
    private const int BufferSize = 4096;

    /// <summary>Opens a file to read it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="DirectoryNotFoundException">Its folder is not there.</exception>
    /// <exception cref="IOException">It cannot be opened, or is no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static FileStream OpenRead(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Open(path, FileAccess.Read, BufferSize);
    }

    internal static FileStream Open(string path, FileAccess access, int bufferSize = 0, bool followLinks = false)
    {
        if (!OperatingSystem.IsLinux()) return OpenElsewhere(followLinks ? BehindLinks(path) : path, access, bufferSize);
        int flags = access == FileAccess.Read ? LibC.ReadOnly : LibC.ReadAndWrite;
        flags |= LibC.WithoutBlocking | LibC.CloseOnExec;
        if (!followLinks) flags |= LibC.NoFollow;
        int descriptor = LibC.Open(Path.TrimEndingDirectorySeparator(path), flags);
        if (descriptor < 0) throw CannotOpen(path, followLinks);
#pragma warning disable IDISP001 // the stream's, which is given away
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
#pragma warning restore IDISP001
        try
        {
            var kind = EntryLook.Behind(handle, path).Kind;
            if (kind != EntryKind.File) throw NotRegular(path, kind);
            // As .NET does: what a program of .NET has for itself alone, it is still writing. A disk without locks has no such programs.
            if (access == FileAccess.Read
                && LibC.Lock(handle, LibC.SharedLock | LibC.WithoutWaiting) < 0
                && LibC.FailedWith(LibC.WouldBlock)) throw new IOException($"'{path}' is in use by another program.");
            return new FileStream(handle, access, bufferSize);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static Exception CannotOpen(string path, bool followLinks)
    {
        var failure = LibC.Failure(path, "cannot be opened"); // before another call takes the place of the last
        if (EntryLook.At(path) is not { Kind: not EntryKind.File } entry) return failure;
        return followLinks && entry.Kind == EntryKind.Link ? failure : NotRegular(path, entry.Kind);
    }

    private static string BehindLinks(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private static FileStream OpenElsewhere(string path, FileAccess access, int bufferSize)
    {
        if (EntryLook.At(path) is { Kind: not EntryKind.File } entry) throw NotRegular(path, entry.Kind);
#pragma warning disable RS0030 // This is what everybody else uses instead.
        return new FileStream(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete, bufferSize);
#pragma warning restore RS0030
    }

    private static IOException NotRegular(string path, EntryKind kind) =>
        new($"'{path}' is {WordsOf(kind)}, and a regular file is expected.");

    private static string WordsOf(EntryKind kind) => kind switch
    {
        EntryKind.Link => "a link",
        EntryKind.Folder => "a folder",
        _ => "a FIFO, a socket or a device",
    };
}
