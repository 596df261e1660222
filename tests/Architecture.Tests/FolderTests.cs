namespace BridgeFramework.Architecture.Tests;

/// <summary>The folders of a project form a tree of arrows: a reader can understand one with what stands below it, and no more.</summary>
public sealed class FolderTests
{
    public static TheoryData<string> Projects =>
        [.. House.Projects.Where(project => project.Root is not "tests").Select(project => project.Folder)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_form_a_tree(string project)
    {
        var arrows = FolderMap.Of(Path.Combine(House.Folder, project));

        var circle = FolderMap.CircleOf(arrows);

        Assert.True(circle.Count == 0, Told(project, circle, arrows));
    }

    [Fact]
    public void Folders_of_the_engine_know_what_the_drawing_has_below_them_and_nothing_else()
    {
        var lines = Drawing().Select((line, rank) => (line, rank)).ToList();
        var ranks = lines.SelectMany(each => NamesIn(each.line).Select(name => (name, each.rank)))
            .ToDictionary(each => each.name, each => each.rank, StringComparer.Ordinal);
        var arrows = FolderMap.Of(Path.Combine(House.Folder, "core/Runtime"));

        string[] unknown = [.. arrows.SelectMany(arrow => new[] { arrow.FromFolder, arrow.ToFolder }).Distinct(StringComparer.Ordinal)
            .Where(folder => !ranks.ContainsKey(folder))];
        Assert.Empty(unknown); // every folder is drawn
        string[] upward = [.. arrows.Where(arrow => ranks[arrow.FromFolder] >= ranks[arrow.ToFolder]).Select(arrow => arrow.ToString())];
        Assert.True(upward.Length == 0, "docs/architecture.md draws these the other way round, or side by side:"
            + Environment.NewLine + string.Join(Environment.NewLine, upward));
    }

    [Theory]
    [InlineData("A/a.cs B/b.cs", "")]
    [InlineData("A/a.cs B/b.cs, B/b.cs C/c.cs, A/a.cs C/c.cs", "")]
    [InlineData("A/a.cs B/b.cs, B/x.cs A/y.cs", "A B")]
    [InlineData("Top/t.cs A/a.cs, A/a.cs B/b.cs, B/b.cs C/c.cs, C/c.cs A/a.cs, C/c.cs D/d.cs", "A B C")]
    [InlineData("a.cs B/b.cs, B/b.cs a.cs", ". B")]
    public void A_circle_is_found(string arrows, string circle)
    {
        var parsed = arrows.Split(", ").Select(arrow => arrow.Split(' ')).Select(pair => new FolderArrow(pair[0], pair[1], "T")).ToList();

        Assert.Equal(circle, string.Join(' ', FolderMap.CircleOf(parsed)));
    }

    /// <summary>The lines of the drawing in docs/architecture.md, top first.</summary>
    private static string[] Drawing() =>
        [.. File.ReadAllLines(Path.Combine(House.Folder, "docs/architecture.md"))
            .SkipWhile(line => !line.StartsWith("Hosting  ", StringComparison.Ordinal))
            .TakeWhile(line => !line.StartsWith("```", StringComparison.Ordinal))];

    /// <summary>A line names folders, each followed by what it is, side by side with some room between.</summary>
    private static IEnumerable<string> NamesIn(string line) => line
        .Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .SelectMany(part => part.Split(", "))
        .Where(part => Directory.Exists(Path.Combine(House.Folder, "core/Runtime", part)));

    /// <summary>What holds a circle together is seldom more than a few files: those of the thinnest arrows are named.</summary>
    private static string Told(string project, IReadOnlyList<string> circle, IReadOnlyList<FolderArrow> arrows)
    {
        var thin = arrows
            .Where(arrow => circle.Contains(arrow.FromFolder, StringComparer.Ordinal)
                && circle.Contains(arrow.ToFolder, StringComparer.Ordinal))
            .GroupBy(arrow => (arrow.FromFolder, arrow.ToFolder)).OrderBy(group => group.Count()).SelectMany(group => group).Take(12);
        return $"The folders {string.Join(", ", circle)} of {project} know each other in a circle: move a type to the folder whose idea "
            + "it is. "
            + $"Thinnest arrows:{Environment.NewLine}{string.Join(Environment.NewLine, thin)}";
    }
}
