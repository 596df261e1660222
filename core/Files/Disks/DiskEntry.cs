using System.Runtime.InteropServices;

namespace BridgeFramework.Files;

/// <summary>What a name in a folder stands for; a link is itself, not what it leads to.</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Length">Of a file its bytes, else 0.</param>
/// <param name="Written">When it was written last, as the file system has it: to compare, and to tell whether it has changed.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DiskEntry(string Name, EntryKind Kind, long Length, DateTime Written)
{
    /// <summary>Who may change it; <see langword="null"/> where that is not known, as everywhere but on Linux.</summary>
    public EntryAccess? Access { get; init; }
}

/// <summary>What something in a folder is.</summary>
public enum EntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link, or a junction.</summary>
    Link,

    /// <summary>A FIFO, a socket or a device.</summary>
    Special,

    /// <summary>It was gone, or its name could not be read, when it was looked at.</summary>
    Unknown,
}
