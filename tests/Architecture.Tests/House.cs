using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace BridgeFramework.Architecture.Tests;

/// <summary>A project as its file tells it.</summary>
/// <param name="Path">Relative to the repository, with '/', such as <c>core/Runtime/BridgeFramework.Runtime.csproj</c>.</param>
/// <param name="References">The projects it refers to, in the same form.</param>
/// <param name="Friends">The assemblies that see its internals.</param>
internal sealed record Project(string Path, IReadOnlyList<string> References, IReadOnlyList<string> Friends)
{
    /// <summary>The top-level folder.</summary>
    public string Root => Path[..Path.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The folder, such as <c>core/Runtime</c>.</summary>
    public string Folder => Path[..Path.LastIndexOf('/')];

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);
}

/// <summary>The repository on disk.</summary>
internal static class House
{
    public static string Folder { get; } = FindFolder();

    /// <summary>Every project under the roots, without the fixtures of tests.</summary>
    public static IReadOnlyList<Project> Projects { get; } =
    [
        .. new[] { "core", "plugins", "samples", "tests" }
            .SelectMany(root => Directory.EnumerateFiles(Path.Combine(Folder, root), "*.csproj", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}Fixtures{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(Read).OrderBy(p => p.Path, StringComparer.Ordinal),
    ];

    /// <summary>Every C# file under the roots, relative to the repository.</summary>
    public static IReadOnlyList<string> SourceFiles { get; } =
    [
        .. new[] { "core", "plugins", "samples", "tests" }
            .SelectMany(root => Directory.EnumerateFiles(Path.Combine(Folder, root), "*.cs", SearchOption.AllDirectories))
            .Select(Relative).Order(StringComparer.Ordinal),
    ];

    /// <summary>The names of the assemblies that a compiled one refers to, read without loading it.</summary>
    public static IReadOnlyList<string> CompiledReferencesOf(string assemblyFile)
    {
        using var file = File.OpenRead(assemblyFile);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    private static Project Read(string file)
    {
        var xml = XDocument.Load(file);
        string folder = Path.GetDirectoryName(file) ?? Folder;
        return new Project(
            Relative(file),
            [.. Includes("ProjectReference").Select(include => Relative(Path.GetFullPath(include.Replace('\\', '/'), folder)))],
            [.. Includes("InternalsVisibleTo")]);

        IEnumerable<string> Includes(string item) => xml.Descendants(item).Select(e => e.Attribute("Include")?.Value ?? "");
    }

    private static string Relative(string file) => Path.GetRelativePath(Folder, file).Replace('\\', '/');

    private static string FindFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "BridgeFramework.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException(
            $"No folder above {AppContext.BaseDirectory} holds BridgeFramework.sln.");
    }
}
