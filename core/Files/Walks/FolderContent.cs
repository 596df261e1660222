using System.Runtime.InteropServices;

namespace BridgeFramework.Files;

/// <summary>What a walk has found.</summary>
public sealed record FolderContent
{
    /// <summary>The regular files, by path.</summary>
    public required IReadOnlyList<FoundFile> Files { get; init; }

    /// <summary>The folders that were looked into, by path; the first is the one that was walked through.</summary>
    public IReadOnlyList<FoundFolder> Folders { get; init; } = [];

    /// <summary>What is neither a regular file nor a folder that can be read, by path.</summary>
    public required IReadOnlyList<WalkFault> Faults { get; init; }

    /// <summary>The bound that the walk stopped at, so that there is more than what was found;
    /// <see langword="null"/> where this is all.</summary>
    public required WalkLimit? StoppedAt { get; init; }
}

/// <summary>A regular file.</summary>
/// <param name="Path">Its path from the folder on, with '/'.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Written">When it was written last, as the file system has it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FoundFile(string Path, long Length, DateTime Written)
{
    /// <summary>Who may change it, where that is known.</summary>
    public EntryAccess? Access { get; init; }
}

/// <summary>A folder.</summary>
/// <param name="Path">Its path from the one that was walked through on, with '/'; empty for that one.</param>
/// <param name="Access">Who may change it, where that is known.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FoundFolder(string Path, EntryAccess? Access);

/// <summary>Something that a walk does not take.</summary>
/// <param name="Path">Its path from the folder on, with '/'; empty for the folder itself.</param>
/// <param name="Kind">What it is; a folder that is named here cannot be read.</param>
/// <param name="Reason">What is wrong with it, a clause that can follow the path.</param>
public sealed record WalkFault(string Path, EntryKind Kind, string Reason);
