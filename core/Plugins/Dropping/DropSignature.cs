using System.Runtime.InteropServices;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>How an entry of the drop folder looks from outside: while it is being copied, it changes.</summary>
/// <param name="Files">How many files it has.</param>
/// <param name="Bytes">Their lengths together.</param>
/// <param name="Names">A hash over their names, lengths and times, and over what is no file.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DropSignature(int Files, long Bytes, int Names)
{
    /// <summary>More is no plugin, and is refused when it is looked into.</summary>
    private static readonly WalkBounds Bounds = new(Entries: 10_000, Depth: 64, long.MaxValue);

    /// <exception cref="IOException">It cannot be looked at, perhaps because it is just being removed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    public static DropSignature Of(string entry)
    {
        var found = LocalDisk.Instance.Find(entry) ?? throw new FileNotFoundException($"'{entry}' is not there any more.", entry);
        if (found.Kind != EntryKind.Folder)
            return new DropSignature(1, found.Length, HashCode.Combine(found.Name, found.Kind, found.Length, found.Written));
        var content = FolderWalk.Read(entry, Bounds);
        var hash = new HashCode();
        foreach (var file in content.Files) hash.Add(file);
        foreach (var fault in content.Faults) hash.Add(fault);
        return new DropSignature(content.Files.Count, content.Files.Sum(file => file.Length), hash.ToHashCode());
    }
}
