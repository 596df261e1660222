using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BridgeFramework.Architecture.Tests;

/// <summary>A file of one folder that names a type, or a member of one, that stands in another folder of the same project.</summary>
/// <param name="From">The file, relative to the project.</param>
/// <param name="To">The file that declares what it names.</param>
/// <param name="Name">What it names.</param>
internal readonly record struct FolderArrow(string From, string To, string Name)
{
    public string FromFolder => FolderOf(From);

    public string ToFolder => FolderOf(To);

    public override string ToString() => $"{From} -> {To} ({Name})";

    /// <summary>The folder right below the project's own; what lies in that is in <c>.</c>.</summary>
    private static string FolderOf(string file) => file.IndexOf('/', StringComparison.Ordinal) is var end and >= 0 ? file[..end] : ".";
}

/// <summary>Who knows whom between the folders of a project, as the compiler sees it.</summary>
internal static class FolderMap
{
    /// <summary>Gives the arrows between the folders of a project, each pair of files once.</summary>
    /// <param name="projectFolder">The absolute path of its folder.</param>
    public static IReadOnlyList<FolderArrow> Of(string projectFolder)
    {
        var compilation = Roslyn.Compile(projectFolder);
        var arrows =
            from tree in compilation.SyntaxTrees
            let model = compilation.GetSemanticModel(tree)
            from name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
            from type in TypesOf(model.GetSymbolInfo(name))
            from place in type.DeclaringSyntaxReferences
            select new FolderArrow(tree.FilePath, place.SyntaxTree.FilePath, type.Name);
        return [.. arrows.Where(arrow => !arrow.FromFolder.Equals(arrow.ToFolder, StringComparison.Ordinal))
            .DistinctBy(arrow => (arrow.From, arrow.To))];
    }

    /// <summary>Gives the folders that know each other in a circle; none where the folders form a tree.</summary>
    public static IReadOnlyList<string> CircleOf(IReadOnlyList<FolderArrow> arrows)
    {
        var known = arrows.GroupBy(arrow => arrow.FromFolder, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group =>
                group.Select(arrow => arrow.ToFolder).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        // Whoever knows nobody of those that are left can be in no circle.
        while (known.FirstOrDefault(folder => !folder.Value.Any(known.ContainsKey)).Key is { } leaf) known.Remove(leaf);
        while (known.Keys.FirstOrDefault(folder => !known.Values.Any(others => others.Contains(folder))) is { } top) known.Remove(top);
        return [.. known.Keys.Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<INamedTypeSymbol> TypesOf(SymbolInfo info) =>
        (info.Symbol is { } symbol ? [symbol] : info.CandidateSymbols.AsEnumerable())
            .Select(symbol => symbol as INamedTypeSymbol ?? symbol.ContainingType)
            .OfType<INamedTypeSymbol>()
            .Select(type => type.OriginalDefinition);
}
