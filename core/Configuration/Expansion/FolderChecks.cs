using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>The data folder is the gateway's alone: what it does not know there it may remove, and plugins are dropped elsewhere.</summary>
internal static class FolderChecks
{
    /// <summary>The folder within the data folder that plugins are copied to.</summary>
    private const string Copies = "plugins";

    /// <param name="expanded">The configuration with absolute paths.</param>
    /// <param name="mistakes">Takes what is wrong.</param>
    public static void Check(ConfigurationNode expanded, ICollection<ConfigurationMistake> mistakes)
    {
        if (expanded["data"]?["folder"] is not { Kind: JsonValueKind.String } data) return;
        string own = Path.TrimEndingDirectorySeparator(data.Text);
        if (string.Equals(own, Path.GetPathRoot(own), StringComparison.Ordinal))
        {
            mistakes.Add(data.Origin.Mistake($"{SchemaWords.Quoted(own)} is the root of a disk: give the gateway a folder of its own."));
            return;
        }

        if (expanded["plugins"]?["folder"] is not { Kind: JsonValueKind.String } plugins) return;
        string dropped = Path.TrimEndingDirectorySeparator(plugins.Text);
        string copies = Path.Combine(own, Copies);
        bool isWithin = (dropped + Path.DirectorySeparatorChar).StartsWith(copies + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        if (!isWithin && !string.Equals(dropped, own, StringComparison.Ordinal)) return;
        mistakes.Add(plugins.Origin.Mistake($"{SchemaWords.Quoted(dropped)} is where the gateway keeps files of its own (copies of plugins "
            + $"in {SchemaWords.Quoted(copies)}): set 'plugins.folder' or 'data.folder' to another folder."));
    }
}
