namespace BridgeFramework.Architecture.Tests;

public sealed class ArrowTests
{
    [Fact]
    public void Project_files_keep_to_the_arrows()
    {
        var byPath = House.Projects.ToDictionary(p => p.Path, StringComparer.Ordinal);
        NoFaults(
            from project in House.Projects
            from reference in project.References
            where !IsFixtureOfTests(project, reference)
            select byPath.TryGetValue(reference, out var target)
                ? Arrows.FindFault(project, target)
                : $"{project.Path} refers to {reference}, which is no project of the house.");
    }

    [Fact]
    public void Compiled_assemblies_keep_to_the_arrows()
    {
        var byAssembly = House.Projects.ToDictionary(p => AssemblyOf(p.Name), StringComparer.Ordinal);
        var seen = Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Where(file => byAssembly.ContainsKey(Path.GetFileNameWithoutExtension(file))).ToList();
        Assert.True(seen.Count > 5,
            $"Only {seen.Count} assemblies of the house are beside this test: refer to the projects whose arrows it keeps.");
        NoFaults(
            from file in seen
            from reference in House.CompiledReferencesOf(file)
            where byAssembly.ContainsKey(reference)
            select Arrows.FindFault(byAssembly[Path.GetFileNameWithoutExtension(file)], byAssembly[reference]));
    }

    [Theory]
    [InlineData("core/Abstractions/A.csproj", "core/Drivers/D.csproj")]
    [InlineData("core/IotHub/I.csproj", "core/Abstractions/A.csproj")]
    [InlineData("core/Files/F.csproj", "core/Abstractions/A.csproj")]
    [InlineData("samples/QuickStart/Q.csproj", "tests/Disks/D.csproj")]
    [InlineData("core/Plugins/P.csproj", "core/Runtime/R.csproj")]
    [InlineData("core/PluginSealer/S.csproj", "core/Runtime/R.csproj")]
    [InlineData("core/Abstractions/A.csproj", "core/PluginSealer/S.csproj")]
    [InlineData("core/Runtime/R.csproj", "core/Drivers/D.csproj")]
    [InlineData("core/Runtime/R.csproj", "plugins/Modbus/M.csproj")]
    [InlineData("core/Gateway/G.csproj", "samples/IotHubEmulator/E.csproj")]
    [InlineData("core/Testing/T.csproj", "core/Plugins/P.csproj")]
    [InlineData("core/Brand.New/N.csproj", "core/Abstractions/A.csproj")]
    [InlineData("plugins/Modbus/M.csproj", "core/Runtime/R.csproj")]
    [InlineData("plugins/Modbus/M.csproj", "core/Plugins/P.csproj")]
    [InlineData("plugins/Modbus/M.csproj", "plugins/Ble/B.csproj")]
    [InlineData("samples/IotHubEmulator/E.csproj", "core/IotHub/I.csproj")]
    [InlineData("samples/QuickStart/Q.csproj", "tests/X.Tests/X.csproj")]
    [InlineData("samples/QuickStart/Q.csproj", "tests/Processes/P.csproj")]
    [InlineData("tests/Y.Tests/Y.csproj", "tests/X.Tests/X.csproj")]
    public void A_forbidden_arrow_is_told(string from, string to)
    {
        string? fault = Arrows.FindFault(new Project(from, [to], []), new Project(to, [], []));

        Assert.NotNull(fault);
        Assert.Contains(from[..from.LastIndexOf('/')], fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plugins/Modbus/M.csproj", "core/Drivers/D.csproj")]
    [InlineData("core/Runtime/R.csproj", "core/Outbox/O.csproj")]
    [InlineData("core/PluginSealer/S.csproj", "core/Plugins/P.csproj")]
    [InlineData("samples/QuickStart/Q.csproj", "core/Runtime/R.csproj")]
    [InlineData("tests/X.Tests/X.csproj", "core/Runtime/R.csproj")]
    [InlineData("tests/X/X.csproj", "tests/Processes/P.csproj")]
    [InlineData("tests/X.Tests/X.csproj", "tests/Disks/D.csproj")]
    [InlineData("core/IotHub/I.csproj", "core/Files/F.csproj")]
    public void An_allowed_arrow_is_not(string from, string to) =>
        Assert.Null(Arrows.FindFault(new Project(from, [to], []), new Project(to, [], [])));

    [Fact]
    public void Only_tests_see_internals() =>
        NoFaults(
            from project in House.Projects
            from friend in project.Friends
            where !friend.EndsWith(".Tests", StringComparison.Ordinal) && friend is not (
                "BridgeFramework.Interop" or "BridgeFramework.Benchmarks")
            select $"{project.Path} shows its internals to {friend}: make public what others need, or move the code.");

    /// <summary>What tests test with is no project of the house, and theirs alone.</summary>
    private static bool IsFixtureOfTests(Project project, string reference) =>
        project.Folder.StartsWith("tests/", StringComparison.Ordinal) && reference.StartsWith("tests/", StringComparison.Ordinal)
            && reference.Contains("/Fixtures/", StringComparison.Ordinal);

    internal static void NoFaults(IEnumerable<string?> faults)
    {
        string[] found = [.. faults.OfType<string>()];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    /// <summary>The program has a name of its own.</summary>
    internal static string AssemblyOf(string project) =>
        project.Equals("BridgeFramework.Gateway", StringComparison.Ordinal) ? "bridge" : project;
}
