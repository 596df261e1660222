using System.Security.Cryptography;

namespace BridgeFramework.Plugins;

/// <summary>The files of a plugin's folder as they are on the disk.</summary>
internal static class PluginFiles
{
    private const long MaxBytes = 512L * 1024 * 1024;

    /// <summary>Gives every file but the manifest, as a path relative to the folder, with '/', sorted.</summary>
    /// <exception cref="PluginRejectedException">The folder is too large, or holds a link.</exception>
    public static IReadOnlyList<string> In(string folder)
    {
        List<string> files = [];
        long bytes = Collect(new DirectoryInfo(folder), "", files, 0);
        if (bytes > MaxBytes)
            throw new PluginRejectedException($"its folder has more than {MaxBytes >> 20} MiB", "remove what does not belong to the plugin");
        files.Remove(PluginManifest.FileName);
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>Gives the SHA-256 of a file as a manifest has it.</summary>
    public static string DigestOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Links are not followed: the folder is what was dropped, not what it points at.</summary>
    private static long Collect(DirectoryInfo folder, string prefix, List<string> files, long bytes)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            string path = prefix + entry.Name;
            if (entry.LinkTarget is not null)
                throw new PluginRejectedException($"its {path} is a link", "put the file itself into the plugin's folder");
            if (entry is DirectoryInfo inner) bytes = Collect(inner, $"{path}/", files, bytes);
            else files.Add(path);
            if (entry is FileInfo file) bytes += file.Length;
            // The manifest is one more.
            if (files.Count > PluginManifest.MaxFiles + 1)
                throw new PluginRejectedException(
                    $"its folder has more than {PluginManifest.MaxFiles} files", "remove what does not belong to the plugin");
        }

        return bytes;
    }
}
