using System.Security.Cryptography;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>The files of a plugin's folder as they are on the disk.</summary>
internal static class PluginFiles
{
    private const int MaxDepth = 64;
    private const string RemoveOthers = "remove what does not belong to the plugin";

    /// <summary>What is walked through at most: the manifest is one more file, and folders are names too.</summary>
    public static readonly WalkBounds Bounds = new(Entries: 2 * PluginManifest.MaxFiles, MaxDepth, PluginManifest.MaxBytes);

    /// <summary>Gives every file but the manifest, as a path relative to the folder, with '/', sorted.</summary>
    /// <exception cref="PluginRejectedException">The folder is too large, or holds a link or something else that is no file.</exception>
    /// <exception cref="IOException">The folder is not there, or cannot be looked at.</exception>
    public static IReadOnlyList<string> In(string folder, IDisk? disk = null)
    {
        var content = FolderWalk.Read(folder, Bounds, disk);
        if (content.Faults is [var fault, ..]) throw Refusal(fault);
        if (content.StoppedAt == WalkLimit.Bytes)
            throw new PluginRejectedException($"its folder has more than {PluginManifest.MaxBytes >> 20} MiB", RemoveOthers);
        if (content.StoppedAt == WalkLimit.Depth)
            throw new PluginRejectedException($"its folder has more than {MaxDepth} folders in one another", RemoveOthers);
        if (content.StoppedAt is not null || content.Files.Count > PluginManifest.MaxFiles + 1)
            throw new PluginRejectedException($"its folder has more than {PluginManifest.MaxFiles} files", RemoveOthers);
        return [.. content.Files.Select(file => file.Path).Where(path => !path.Equals(PluginManifest.FileName, StringComparison.Ordinal))];
    }

    /// <summary>Gives the SHA-256 of a file as a manifest has it.</summary>
    /// <exception cref="IOException">It cannot be read, or is no regular file.</exception>
    public static string DigestOf(string path, IDisk? disk = null)
    {
        using var file = (disk ?? LocalDisk.Instance).Open(path, DiskAccess.Read);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        file.ReadAll(piece => digest.AppendData(piece.Span));
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    private static PluginRejectedException Refusal(WalkFault fault)
    {
        string what = fault.Path.Length == 0 ? "folder" : fault.Path;
        return new PluginRejectedException(
            $"its {what} {fault.Reason}",
            fault.Kind switch
            {
                // Links are not followed: the folder is what was dropped, not what it points at.
                EntryKind.Link when fault.Path.Length == 0 => "put the folder itself into the plugin folder",
                EntryKind.Link => "put the file itself into the plugin's folder",
                EntryKind.Special => RemoveOthers,
                _ => "check the permissions, and copy the whole folder that the plugin's build made",
            },
            mayBeIncomplete: fault.Kind is EntryKind.Folder or EntryKind.Unknown);
    }
}
