namespace BridgeFramework.Plugins;

/// <summary>The rule for paths in a manifest: one file within the folder, named the same way on every system.</summary>
internal static class ManifestPath
{
    public const int MaxLength = 240;

    /// <summary>Gives what is wrong with a path, a clause that can follow the path, or <see langword="null"/>.</summary>
    public static string? FindMistake(string path)
    {
        if (path.Length is 0 or > MaxLength) return $"is no path of 1 to {MaxLength} characters";
        if (path.Contains('\\', StringComparison.Ordinal)) return "has a backslash, expected '/'";
        // A colon is a drive or a second stream of a file on Windows.
        if (path.Any(c => char.IsControl(c) || c is ':')) return "has a colon or a control character";
        if (path.StartsWith('/')) return "does not begin in the plugin's folder";
        foreach (string segment in path.Split('/'))
        {
            if (segment.Length == 0) return "has an empty part";
            if (segment is "." or "..") return "leads elsewhere";
            // Windows leaves them out, and another file would be meant.
            if (segment.EndsWith('.') || segment.EndsWith(' ')) return "has a part that ends with a dot or a blank";
        }

        return path.Equals(PluginManifest.FileName, StringComparison.OrdinalIgnoreCase) ? "is the manifest itself" : null;
    }
}
