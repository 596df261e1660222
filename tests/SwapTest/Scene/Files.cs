namespace BridgeFramework.SwapTest;

/// <summary>Folders as a whole.</summary>
internal static class Files
{
    /// <summary>Copies a folder as <c>cp -r</c> does: over what is there, in whatever order.</summary>
    public static void Copy(string from, string to)
    {
        foreach (string file in In(from))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy) ?? to);
            File.Copy(file, copy, overwrite: true);
        }
    }

    /// <summary>Its files, with those in its folders.</summary>
    public static IReadOnlyList<string> In(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories);

    /// <summary>Removes a file or a folder; harmless where there is none.</summary>
    public static void Remove(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }
}
