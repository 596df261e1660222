using System.Text.RegularExpressions;
using BridgeFramework.Configuration;

namespace BridgeFramework.Gateway;

/// <summary>Puts mistakes into lines: each has one, but of many warnings of one kind the first few stand for all.</summary>
internal static partial class MistakeLines
{
    private const int MaxOfKind = 3;

    /// <summary>The lines, in the order of the mistakes.</summary>
    public static IReadOnlyList<(string Text, bool IsWarning)> Of(IReadOnlyList<ConfigurationMistake> mistakes)
    {
        var kinds = mistakes.Where(mistake => mistake.IsWarning).GroupBy(KindOf, StringComparer.Ordinal)
            .Where(kind => kind.Count() > MaxOfKind + 1)
            .ToDictionary(kind => kind.Key, kind => kind.ToList(), StringComparer.Ordinal);
        var lines = new List<(string Text, bool IsWarning)>(mistakes.Count);
        foreach (var mistake in mistakes)
        {
            if (!mistake.IsWarning || !kinds.TryGetValue(KindOf(mistake), out var same) || same.Take(MaxOfKind).Contains(mistake))
                lines.Add((mistake.ToString(), mistake.IsWarning));
            else if (same[MaxOfKind] == mistake)
                lines.Add(($"… and {same.Count - MaxOfKind} more warnings of this kind, the last one at {PlaceOf(same[^1])}.", true));
        }

        return lines;
    }

    /// <summary>What is quoted, such as the name of a file, is another each time.</summary>
    private static string KindOf(ConfigurationMistake mistake) => Quoted().Replace(mistake.Message, "");

    private static string PlaceOf(ConfigurationMistake mistake)
    {
        string file = mistake.Line > 0 ? $"{mistake.File}:{mistake.Line}" : mistake.File;
        return mistake.Path.Length > 0 ? $"{mistake.Path} ({file})" : file;
    }

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
