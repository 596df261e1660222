using System.Globalization;
using BridgeFramework.Files;
using BridgeFramework.Printing;

namespace BridgeFramework.Plugins;

/// <summary>The names in a drop folder that could be plugins.</summary>
public static class DropEntries
{
    private const int MaxNames = 10_000;

    /// <summary>What a file system has in the folder that it is mounted at.</summary>
    private const string LostAndFound = "lost+found";

    /// <summary>The entries of a drop folder by name. None where it does not exist; of a folder that holds more than 10,000 names those
    /// that the system gives first.</summary>
    /// <param name="folder">Its path.</param>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    public static IReadOnlyList<string> In(string folder)
    {
        var disk = LocalDisk.Instance;
        return Directory.Exists(folder) ? [.. NamesIn(folder, disk).Where(name => IsOne(folder, name, disk))] : [];
    }

    /// <summary>Why nothing can be dropped in a folder, and what to do, in a sentence; null where something can.</summary>
    /// <param name="folder">Its path.</param>
    public static string? ProblemOf(string folder) => ProblemOf(folder, LocalDisk.Instance);

    internal static string? ProblemOf(string folder, IDisk disk)
    {
        try
        {
            // A link that leads to a folder is as good as the folder.
            if (disk.Find(folder) is { Kind: EntryKind.Folder } || Directory.Exists(folder))
            {
                disk.Find(Path.Combine(folder, ".")); // one may be allowed to read a folder, and not to look at what is in it
                // And the other way round.
                return disk.Names(folder).Skip(MaxNames).Any()
                    ? $"The plugin folder {folder} holds more than 10,000 names, and is not looked through: what runs goes on, and what is "
                        + "dropped is not seen. Take out what is no plugin, or set 'plugins.folder'."
                    : null;
            }

            return File.Exists(folder)
                ? $"The plugin folder {folder} is a file: put a folder in its place and drop plugins in, or set 'plugins.folder'."
                : $"The plugin folder {folder} does not exist: create it and drop plugins in, or set 'plugins.folder'.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"The plugin folder {folder} cannot be read ({exception.Message.TrimEnd('.')}): let the user that runs the gateway "
                + "read it, or set 'plugins.folder'.";
        }
    }

    /// <summary>Which names in a folder could be those of plugins but for what they are made of, in a sentence; null where there are
    /// none.</summary>
    /// <param name="folder">Its path.</param>
    public static string? UnusableIn(string folder) => UnusableIn(folder, LocalDisk.Instance);

    internal static string? UnusableIn(string folder, IDisk disk)
    {
        var names = disk.Names(folder).Take(MaxNames).Where(name => !name.StartsWith('.') && !IsUsable(name) && !Litter.Is(name))
            .Order(StringComparer.Ordinal).ToList();
        if (names.Count == 0) return null;
        string others = names.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {names.Count - 1} more");
        return $"The plugin folder {folder} holds '{ForeignText.OneLine(names[0])}'{others}, a name with a control character or bytes that "
            + "are no text, and passes it over: rename it.";
    }

    /// <summary>The names that could be those of plugins, sorted. Nothing is looked at.</summary>
    internal static IEnumerable<string> NamesIn(string folder, IDisk disk) =>
        disk.Names(folder).Take(MaxNames).Where(IsName).Order(StringComparer.Ordinal);

    /// <summary>Whether a name could be that of a plugin. Those that begin with a dot are of copies that are still under way.</summary>
    internal static bool IsName(string name) => !name.StartsWith('.') && IsUsable(name) && !Litter.Is(name)
        && !name.Equals(LostAndFound, StringComparison.Ordinal);

    /// <summary>A name that is no UTF-8 comes with replacement characters, and is not found by them.</summary>
    private static bool IsUsable(string name) => PathSegment.IsValid(name) && !name.Contains('\uFFFD', StringComparison.Ordinal);

    /// <summary>Whether a name is that of something that could be a plugin. A link to a folder is one too, so that it is told of: what it
    /// leads to is not taken.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    internal static bool IsPossible(string folder, string name, IDisk disk) => disk.Find(Path.Combine(folder, name)) is { } entry
        && (entry.Kind == EntryKind.Folder
            || (entry.Kind == EntryKind.Link && Directory.Exists(Path.Combine(folder, name)))
            || PluginArchive.IsNamedSo(name)
            || name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase));

    /// <summary>The same for what cannot be looked at, too: it is one, so that it is told of.</summary>
    internal static bool IsOne(string folder, string name, IDisk disk)
    {
        try
        {
            return IsPossible(folder, name, disk);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
