using System.Runtime.InteropServices;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>How an entry of the drop folder looks from outside: while it is being copied, it changes.</summary>
/// <param name="Files">How many files it has.</param>
/// <param name="Bytes">Their lengths together.</param>
/// <param name="Names">A hash over their names, lengths, times, owners and modes, over what is no file, and over the way to it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DropSignature(int Files, long Bytes, int Names)
{
    /// <summary>Of an entry that does not answer.</summary>
    public static readonly DropSignature Silent = new(-1, 0, 0);

    /// <summary>Of an entry that cannot be looked at: it has not changed as long as the reason is the same.</summary>
    public static DropSignature Unreadable(string reason) => new(-1, 0, reason.GetHashCode(StringComparison.Ordinal));

    /// <param name="entry">Its path.</param>
    /// <param name="disk">The disk that it is on.</param>
    /// <param name="way">The stamp of the way to it: what is refused because others can change it is looked at again when they
    /// cannot any more.</param>
    /// <exception cref="IOException">It cannot be looked at, perhaps because it is just being removed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    public static DropSignature Of(string entry, IDisk disk, int way = 0)
    {
        var found = disk.Find(entry) ?? throw new FileNotFoundException($"'{entry}' is not there any more.", entry);
        if (found.Kind != EntryKind.Folder)
            return new DropSignature(1, found.Length, HashCode.Combine(found, way));
        var content = FolderWalk.Read(entry, PluginFiles.Bounds, disk);
        var hash = new HashCode();
        hash.Add(way);
        foreach (var folder in content.Folders) hash.Add(folder);
        foreach (var file in content.Files) hash.Add(file);
        foreach (var fault in content.Faults) hash.Add(fault);
        hash.Add(content.StoppedAt); // of more than a plugin may hold it is enough to refuse it
        return new DropSignature(content.Files.Count, content.Files.Sum(file => file.Length), hash.ToHashCode());
    }
}
