using Microsoft.Win32.SafeHandles;

namespace BridgeFramework.Files;

/// <summary>Looks at a path without opening anything and without following a link.</summary>
internal static class EntryLook
{
    private const int OfLinks = 0x100; // AT_SYMLINK_NOFOLLOW
    private const int OfDescriptor = 0x1000; // AT_EMPTY_PATH
    private const uint Basics = 0x7FF; // STATX_BASIC_STATS

    /// <returns><see langword="null"/> where nothing is.</returns>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    public static DiskEntry? At(string path)
    {
        path = Path.TrimEndingDirectorySeparator(path); // behind one the kernel follows the link
        if (!OperatingSystem.IsLinux()) return AtElsewhere(path);
        if (LibC.Status(LibC.Here, path, OfLinks, Basics, out var status) == 0) return EntryOf(Path.GetFileName(path), status);
        return LibC.FoundNothing ? null : throw LibC.Failure(path, "cannot be looked at");
    }

    /// <summary>Whether something is there that belongs to the user of this process; elsewhere than on Linux everything does.</summary>
    public static bool IsOwn(string path) => !OperatingSystem.IsLinux()
        || (LibC.Status(LibC.Here, path, OfLinks, Basics, out var status) == 0 && status.Owner == LibC.User());

    /// <summary>What a descriptor stands for; Linux only.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static DiskEntry Behind(SafeFileHandle descriptor, string path) =>
        LibC.StatusOf(descriptor, "", OfDescriptor, Basics, out var status) == 0 ? EntryOf(Path.GetFileName(path), status)
            : throw LibC.Failure(path, "cannot be looked at");

    private static DiskEntry EntryOf(string name, in FileStatus status) =>
        new(name, status.Kind, status.Kind == EntryKind.File ? status.Size : 0, status.Written) { Access = status.Access };

    private static DiskEntry? AtElsewhere(string path)
    {
        FileSystemInfo entry = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (entry.LinkTarget is not null) return new DiskEntry(entry.Name, EntryKind.Link, Length: 0, entry.LastWriteTimeUtc);
        if (!entry.Exists) return null;
        return entry is FileInfo file
            ? new DiskEntry(file.Name, file.Attributes.HasFlag(FileAttributes.Device) ? EntryKind.Special
                : EntryKind.File, file.Length, file.LastWriteTimeUtc)
            : new DiskEntry(entry.Name, EntryKind.Folder, Length: 0, entry.LastWriteTimeUtc);
    }
}
