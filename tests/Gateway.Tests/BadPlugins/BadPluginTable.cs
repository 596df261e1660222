using System.Text.RegularExpressions;

namespace BridgeFramework.Gateway.Tests;

/// <summary>The table of <c>docs/plugins-in-the-process.md</c>: what is tested is what it says.</summary>
internal static partial class BadPluginTable
{
    private const int MatchTimeout = 1000;

    /// <summary>Its rows by what a plugin does.</summary>
    public static IReadOnlyDictionary<string, Row> Rows { get; } = File
        .ReadLines(Path.Combine(BuildOutput.Repository, "docs", "plugins-in-the-process.md"))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(2)
        .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(cells => cells[0], cells => new Row(cells[1], cells[2], cells[3]), StringComparer.Ordinal);

    /// <summary>What it says of one kind of plugin.</summary>
    /// <param name="Contained">Begins with "yes" or "no".</param>
    /// <param name="Read">What the operator reads; what is in italics word for word.</param>
    /// <param name="Lost">What neighbours lose.</param>
    internal sealed record Row(string Contained, string Read, string Lost)
    {
        public bool IsContained => Contained.StartsWith("yes", StringComparison.Ordinal);

        public bool LosesNothing => Lost.StartsWith("nothing", StringComparison.Ordinal);

        public IEnumerable<string> Quotes => Italics().Matches(Read).Select(match => match.Groups["text"].Value);
    }

    [GeneratedRegex(@"\*(?<text>[^*]+)\*", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex Italics();
}
