namespace BridgeFramework.Architecture.Tests;

public sealed class HouseTests
{
    private static readonly string[] Fixed =
    [
        "core", "plugins", "tests", "samples", "plugin-template", "docs",
        "BridgeFramework.sln", "LICENSE", "global.json", "nuget.config", "BannedSymbols.txt",
        // What building and testing leave behind.
        "artifacts", "TestResults",
    ];

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(House.Folder, "BridgeFramework.sln")).Replace('\\', '/');
        ArrowTests.NoFaults(
            House.Projects.Where(p => !solution.Contains($"\"{p.Path}\"", StringComparison.Ordinal))
                .Select(p => $"{p.Path} is not in BridgeFramework.sln: dotnet sln BridgeFramework.sln add {p.Path}"));
    }

    [Fact]
    public void Every_project_has_its_packages_locked() =>
        ArrowTests.NoFaults(
            House.Projects.Where(p => !File.Exists(Path.Combine(House.Folder, p.Folder, "packages.lock.json")))
                .Select(p => $"{p.Path} has no packages.lock.json: 'dotnet restore' writes it, commit it."));

    [Fact]
    public void The_top_level_is_fixed() =>
        ArrowTests.NoFaults(
            Directory.EnumerateFileSystemEntries(House.Folder).Select(e => Path.GetFileName(e)!)
                .Where(name => !IsFixed(name))
                .Select(name => $"{name} lies on the top level: move it under core, plugins, tests, samples, plugin-template or docs."));

    [Fact]
    public void A_project_is_named_after_its_folder() =>
        ArrowTests.NoFaults(
            House.Projects
                .Where(p => !p.Name.Equals($"BridgeFramework.{p.Folder[(p.Folder.LastIndexOf('/') + 1)..]}", StringComparison.Ordinal)
                    && !IsNested(p))
                .Select(p => $"{p.Path} is not named after its folder: expected "
                    + $"BridgeFramework.{p.Folder[(p.Folder.LastIndexOf('/') + 1)..]}.csproj"));

    /// <summary>A contract that needs more for a driver of one shape is too clumsy: then it, or the toolkit, is to be changed.</summary>
    [Theory]
    [InlineData("Bus")]
    [InlineData("Listener")]
    [InlineData("Joiner")]
    [InlineData("Puller")]
    public void An_example_of_a_shape_of_driver_stays_under_150_lines(string example)
    {
        string[] files = Directory.GetFiles(Path.Combine(House.Folder, "samples", "Drivers", example), "*.cs", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.InRange(files.Sum(file => File.ReadAllLines(file).Length), 1, 149);
    }

    private static bool IsFixed(string name) =>
        Fixed.Contains(name, StringComparer.Ordinal)
        || name.StartsWith('.')
        || Path.GetExtension(name) is ".md"
        || name is "Directory.Build.props" or "Directory.Build.targets" or "Directory.Packages.props";

    /// <summary>Examples below samples/Drivers are named like the plugins of others.</summary>
    private static bool IsNested(Project project) => project.Folder.StartsWith("samples/Drivers/", StringComparison.Ordinal);
}
