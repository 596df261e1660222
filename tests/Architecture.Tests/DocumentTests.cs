using System.Text.RegularExpressions;

namespace BridgeFramework.Architecture.Tests;

/// <summary>What documents say of the repository is so.</summary>
public sealed partial class DocumentTests
{
    private const int MatchTimeout = 1000;

    private static readonly string[] Roots = ["docs", "core", "plugins", "samples", "tests", "plugin-template"];

    /// <summary>Every document that is part of the repository, not what a build left behind.</summary>
    private static IEnumerable<string> Documents =>
        Directory.EnumerateFiles(House.Folder, "*.md")
            .Concat(Roots
                .Select(root => Path.Combine(House.Folder, root))
                .Where(Directory.Exists)
                .SelectMany(root => Directory.EnumerateFiles(root, "*.md", SearchOption.AllDirectories)));

    [Fact]
    public void Every_relative_link_leads_somewhere() =>
        ArrowTests.NoFaults(
            from document in Documents
            let text = WithoutCode(File.ReadAllText(document))
            from Match link in Link().Matches(text)
            let target = link.Groups["target"].Value
            where !target.Contains("://", StringComparison.Ordinal)
            select FaultOf(document, target));

    [Fact]
    public void Code_that_comes_from_a_sample_equals_the_sample()
    {
        var blocks = (from document in Documents
                      from Match block in SampleBlock().Matches(Read(document))
                      select (document, Path: block.Groups["path"].Value, Code: block.Groups["code"].Value)).ToList();

        Assert.True(blocks.Count >= 6, $"Only {blocks.Count} blocks of code come from a sample: mark them with <!-- sample: path -->.");
        ArrowTests.NoFaults(
            from block in blocks
            let file = Path.Combine(House.Folder, block.Path)
            select !File.Exists(file) ? $"{Name(block.document)} shows {block.Path}, which is not there."
                : $"\n{Read(file)}\n".Contains($"\n{block.Code}\n", StringComparison.Ordinal) ? null
                : $"{Name(block.document)} shows code of {block.Path} that is not in it any more: copy it again.");
    }

    [Fact]
    public void Every_project_that_a_command_names_is_there() =>
        ArrowTests.NoFaults(
            from document in Documents
            from Match command in ProjectCommand().Matches(Read(document))
            let folder = command.Groups["folder"].Value
            select House.Projects.Any(project => project.Folder.Equals(folder, StringComparison.Ordinal)) ? null
                : $"{Name(document)} says '{command.Value}', and there is no project in {folder}.");

    [Fact]
    public void Every_decision_is_in_the_list()
    {
        string list = File.ReadAllText(Path.Combine(House.Folder, "docs", "decisions", "README.md"));
        ArrowTests.NoFaults(
            from file in Directory.EnumerateFiles(Path.Combine(House.Folder, "docs", "decisions"), "0*.md")
            where !list.Contains($"({Path.GetFileName(file)})", StringComparison.Ordinal)
            select $"{Name(file)} is not in docs/decisions/README.md: add a line.");
    }

    private static string? FaultOf(string document, string target)
    {
        string[] parts = target.Split('#', 2);
        string file = parts[0].Length == 0 ? document : Path.GetFullPath(parts[0], Path.GetDirectoryName(document) ?? House.Folder);
        if (!File.Exists(file) && !Directory.Exists(file)) return $"{Name(document)} links to {target}, which is not there.";
        return parts.Length == 1 || AnchorsOf(file).Contains(parts[1], StringComparer.Ordinal) ? null
            : $"{Name(document)} links to {target}: there is no such heading.";
    }

    /// <summary>The anchors that GitHub makes of headings: lower case, without punctuation, blanks as hyphens.</summary>
    private static IEnumerable<string> AnchorsOf(string file) =>
        from Match heading in Heading().Matches(WithoutCode(Read(file)))
        select string.Concat(
            heading.Groups["text"].Value.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_').Select(
                c => c == ' ' ? '-' : c));

    private static string WithoutCode(string text) => CodeBlock().Replace(text.ReplaceLineEndings("\n"), "");

    private static string Read(string file) => File.ReadAllText(file).ReplaceLineEndings("\n");

    private static string Name(string file) => Path.GetRelativePath(House.Folder, file);

    [GeneratedRegex(@"\[[^\]\n]*\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline, MatchTimeout)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex Heading();

    [GeneratedRegex(@"<!-- sample: (?<path>\S+) -->\n```\w+\n(?<code>.*?)\n```", RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        MatchTimeout)]
    private static partial Regex SampleBlock();

    [GeneratedRegex(@"dotnet (run|test|build)[^\n|]*? --project (?<folder>[\w./-]*\w)", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex ProjectCommand();
}
