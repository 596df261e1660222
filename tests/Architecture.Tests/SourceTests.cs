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
            from line in CodeLines.Of(File.ReadAllText(Path.Combine(House.Folder, file)))
            let most = file.StartsWith("samples/Drivers/", StringComparison.Ordinal) ? longestOfExamples : longest
            where line.Text.Length > most
            select $"{file}({line.Number}) has {line.Text.Length} characters: break it, {most} are allowed.");
    }

    [Fact]
    public void Lines_are_code_but_for_raw_strings_and_whatever_comments_say()
    {
        string quotes = new('"', 3);
        string source = $"// {quotes}\nclass C\n{{\n  string a = {quotes}\n    content\n    {quotes};\n  string b = {quotes}one{quotes};\n"
            + $"  string c = ${quotes}\n    {{1}}\n    {quotes};\n  string d = @\"{quotes}{quotes[..1]}\n\";\n}}";
        Assert.Equal([1, 2, 3, 11, 12, 13], CodeLines.Of(source).Select(line => line.Number));
    }

    /// <summary>An operator who looks an event up finds one.</summary>
    [Fact]
    public void An_event_id_is_one_event()
    {
        LoggedEvent[] events =
        [
            .. from project in House.Projects
               where project.Root is "core" or "plugins"
               from logged in EventIds.Of(Roslyn.Compile(Path.Combine(House.Folder, project.Folder)))
               select logged with { Place = $"{project.Folder}/{logged.Place}" },
        ];
        Assert.NotEmpty(events);
        ArrowTests.NoFaults(
            events.Where(logged => logged.Id is null).Select(logged => $"{logged.Place}: give the event an id, by a number or a constant.")
                .Concat(events.Where(logged => logged.Id is not null).GroupBy(logged => logged.Id, logged => logged.Place)
                    .Where(uses => uses.Count() > 1)
                    .Select(uses => $"Event {uses.Key} is logged by {string.Join(" and ", uses)}: give one of them an id of its own.")));
    }

    [Theory]
    [InlineData("[LoggerMessage(7, LogLevel.Error, \"text\")]", 7)]
    [InlineData("[LoggerMessage(Id, LogLevel.Error, \"text\")]", 8)]
    [InlineData("[LoggerMessage(Ids.Other + 1, LogLevel.Error, \"text\")]", 10)]
    [InlineData("[LoggerMessage(level: LogLevel.Error, message: \"text\", eventId: Id)]", 8)]
    [InlineData("[LoggerMessage(LogLevel.Error, \"text\", EventId = 11)]", 11)]
    [InlineData("[Microsoft.Extensions.Logging.LoggerMessageAttribute(Message = \"text\", Level = LogLevel.Error, EventId = Id)]", 8)]
    [InlineData("[LoggerMessage(LogLevel.Error, \"text\")]", null)]
    [InlineData("[LoggerMessage(Unknown, LogLevel.Error, \"text\")]", null)]
    public void An_event_id_is_found_however_it_is_written(string attribute, int? id) => Assert.Equal(id, Assert.Single(EventIds.Of(
        Roslyn.CompileText($$"""
            using Microsoft.Extensions.Logging;
            static class Ids { public const int Other = 9; }
            partial class Logs
            {
                private const int Id = 8;
                {{attribute}}
                static partial void Log(ILogger logger);
            }
            """))).Id);

    private static int MaxLineLengthOf(string section)
    {
        string text = File.ReadAllText(Path.Combine(House.Folder, ".editorconfig"));
        string from = text[text.IndexOf($"\n[{section}]\n", StringComparison.Ordinal)..];
        return int.Parse(MaxLineLength().Match(from).Groups["length"].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"max_line_length = (?<length>\d+)", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex MaxLineLength();
}
