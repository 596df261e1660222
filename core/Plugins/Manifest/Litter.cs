namespace BridgeFramework.Plugins;

/// <summary>Files and folders that systems leave behind in folders and archives, and that belong to no plugin.</summary>
internal static class Litter
{
    /// <summary>Whether a path is that of one, or of something in one.</summary>
    /// <param name="path">With '/'.</param>
    public static bool Is(string path) => path.Split('/').Any(IsName);

    private static bool IsName(string name) =>
        name is "__MACOSX" or ".DS_Store"
        || name.StartsWith("._", StringComparison.Ordinal) // what macOS keeps beside a file on the file systems of others
        || name.StartsWith(".nfs", StringComparison.Ordinal) // a file on NFS that was deleted while somebody had it open
        || name.Equals("Thumbs.db", StringComparison.OrdinalIgnoreCase)
        || name.Equals("desktop.ini", StringComparison.OrdinalIgnoreCase);
}
