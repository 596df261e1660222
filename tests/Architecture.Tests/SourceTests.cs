using System.Text.RegularExpressions;

namespace BridgeFramework.Architecture.Tests;

/// <summary>Rules about source files that no analyzer keeps.</summary>
public sealed partial class SourceTests
{
    private const int MatchTimeout = 1000;

    [Fact]
    public void No_line_is_longer_than_the_editorconfig_says()
    {
        int longest = MaxLineLengthOf("*.cs");
        int longestOfExamples = MaxLineLengthOf("samples/Drivers/**.cs");
        ArrowTests.NoFaults(
            from file in House.SourceFiles
            from line in CodeOf(Path.Combine(House.Folder, file))
            let most = file.StartsWith("samples/Drivers/", StringComparison.Ordinal) ? longestOfExamples : longest
            where line.Text.Length > most
            select $"{file}({line.Number}) has {line.Text.Length} characters: break it, {most} are allowed.");
    }

    /// <summary>An operator who looks an event up finds one.</summary>
    [Fact]
    public void An_event_id_is_one_event() =>
        ArrowTests.NoFaults(
            House.SourceFiles
                .Where(file => file.StartsWith("core/", StringComparison.Ordinal) || file.StartsWith("plugins/", StringComparison.Ordinal))
                .SelectMany(file => EventId().Matches(File.ReadAllText(Path.Combine(House.Folder, file))), (file, message) =>
                    (file, Id: message.Groups["id"].Value))
                .GroupBy(message => message.Id, message => message.file, StringComparer.Ordinal)
                .Where(uses => uses.Count() > 1)
                .Select(uses => $"Event {uses.Key} is logged by {string.Join(" and ", uses)}: give one of them an id of its own."));

    private static int MaxLineLengthOf(string section)
    {
        string text = File.ReadAllText(Path.Combine(House.Folder, ".editorconfig"));
        string from = text[text.IndexOf($"\n[{section}]\n", StringComparison.Ordinal)..];
        return int.Parse(MaxLineLength().Match(from).Groups["length"].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The lines of a file but for raw string literals: what they hold is content, and cannot be broken.</summary>
    private static IEnumerable<(string Text, int Number)> CodeOf(string file)
    {
        bool isRaw = false;
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            int quotes = RawQuotes().Count(line);
            if (!isRaw && quotes == 0) yield return (line, number);
            isRaw ^= quotes % 2 != 0;
        }
    }

    [GeneratedRegex("\"{3,}", RegexOptions.None, MatchTimeout)]
    private static partial Regex RawQuotes();

    [GeneratedRegex(@"max_line_length = (?<length>\d+)", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex MaxLineLength();

    [GeneratedRegex(@"LoggerMessage\(\s*(EventId *= *)?(?<id>\d+)", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex EventId();
}
