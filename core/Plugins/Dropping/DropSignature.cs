using System.Runtime.InteropServices;

namespace BridgeFramework.Plugins;

/// <summary>How an entry of the drop folder looks from outside: while it is being copied, it changes.</summary>
/// <param name="Files">How many files it has.</param>
/// <param name="Bytes">Their lengths together.</param>
/// <param name="Names">A hash over their names, lengths and times.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DropSignature(int Files, long Bytes, int Names)
{
    private const int MaxFiles = 10_000; // more is no plugin, and is refused when it is looked into

    /// <exception cref="IOException">It cannot be looked at, perhaps because it is just being removed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    public static DropSignature Of(string entry)
    {
        var hash = new HashCode();
        int files = 0;
        long bytes = 0;
        foreach (var file in FilesOf(entry).Take(MaxFiles))
        {
            files++;
            bytes += file.Length;
            hash.Add(file.FullName, StringComparer.Ordinal);
            hash.Add(file.Length);
            hash.Add(file.LastWriteTimeUtc);
        }

        return new DropSignature(files, bytes, hash.ToHashCode());
    }

    private static IEnumerable<FileInfo> FilesOf(string entry) => Directory.Exists(entry)
        ? new DirectoryInfo(entry).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal)
        : [new FileInfo(entry)];
}
