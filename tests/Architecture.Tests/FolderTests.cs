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
