using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace BridgeFramework.Architecture.Tests;

/// <summary>Source files as the compiler sees them.</summary>
internal static class Roslyn
{
    // What the project files give to every file. A name that stays unknown all the same is none of this project's.
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    /// <summary>The platform, and the assemblies of this program.</summary>
    public static IReadOnlyList<MetadataReference> References { get; } =
    [
        .. ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(
            Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .DistinctBy(Path.GetFileName, StringComparer.OrdinalIgnoreCase)
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];

    /// <summary>Compiles the files of a project, whose paths are then relative to it.</summary>
    /// <param name="projectFolder">The absolute path of its folder.</param>
    public static CSharpCompilation Compile(string projectFolder) => Compile(
        Directory.EnumerateFiles(projectFolder, "*.cs", SearchOption.AllDirectories)
            .Select(file =>
                CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: Path.GetRelativePath(projectFolder, file).Replace('\\', '/'))),
        References.Where(reference => !IsOf(projectFolder, reference)));

    /// <summary>Compiles one text.</summary>
    public static CSharpCompilation CompileText(string text) => Compile([CSharpSyntaxTree.ParseText(text)], References);

    // Not under its own name: that assembly is among the references, and would shadow nothing but confuse everything.
    private static CSharpCompilation Compile(IEnumerable<SyntaxTree> trees, IEnumerable<MetadataReference> references) =>
        CSharpCompilation.Create("folders", [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings, path: "")], references);

    private static bool IsOf(string projectFolder, MetadataReference reference) =>
        Path.GetFileNameWithoutExtension(reference.Display) is { } name
        && Directory.EnumerateFiles(projectFolder, "*.csproj").Any(project =>
            ArrowTests.AssemblyOf(Path.GetFileNameWithoutExtension(project)).Equals(name, StringComparison.Ordinal));
}
