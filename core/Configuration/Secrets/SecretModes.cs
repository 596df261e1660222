using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>Says where others can read secrets.</summary>
internal static class SecretModes
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Whether others can read or change a file that is being read.</summary>
    public static bool IsOpen(FileStream file) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != UnixFileMode.None;

    /// <summary>Whether others can read or change a file; <see langword="false"/> where it cannot be looked at.</summary>
    public static bool IsOpen(string path)
    {
        try
        {
            return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != UnixFileMode.None;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The first secret that stands in a file itself.</summary>
    /// <param name="root">What was read from the file, and what was laid over it.</param>
    /// <param name="file">The name of the file.</param>
    public static ConfigurationNode? FirstIn(ConfigurationNode root, string file) => root.Kind switch
    {
        JsonValueKind.Object => root.Members.Select(member => FirstIn(member.Value, file)).FirstOrDefault(found => found is not null),
        JsonValueKind.Array => root.Items.Select(item => FirstIn(item, file)).FirstOrDefault(found => found is not null),
        JsonValueKind.String or JsonValueKind.Number when IsOne(root, file) => root,
        _ => null,
    };

    private static bool IsOne(ConfigurationNode node, string file) => string.Equals(node.Origin.Source, file, StringComparison.Ordinal)
        && SecretNames.Covers(node.Origin) && node.Text.Length > 0 && !string.Equals(node.Text, Secret.Mask, StringComparison.Ordinal)
        && !SecretReader.IsReference(node.Text);
}
