using System.Diagnostics;

namespace BridgeFramework.Plugins.Tests;

/// <summary>The way of a plugin's author who has nothing of this repository but the package: real builds, in
/// folders of their own.</summary>
[Trait("Category", "Real build")]
public sealed class PackageTests : IDisposable
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <PluginId>acme-foo</PluginId>
            <Version>1.4.0</Version>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="BridgeFramework.Abstractions" Version="0.1.0" />
          </ItemGroup>
        </Project>
        """;

    private const string Code = """
        using System.ComponentModel.DataAnnotations;
        using System.Text.Json.Serialization;
        using BridgeFramework;

        namespace Acme.Foo;

        public sealed class FooPlugin : IBridgePlugin
        {
            public void Configure(IPluginBuilder builder) => builder.AddDriver<FooDriver, FooSettings, FooSettings, FooSettings>(
                new DriverInfo { Name = "foo", Description = "Foo." }, FooJson.Default.FooSettings, FooJson.Default.FooSettings, FooJson.Default.FooSettings);
        }

        public sealed record FooSettings
        {
            [Range(1, 9)]
            public int Size { get; init; } = 3;
        }

        [JsonSerializable(typeof(FooSettings))]
        public sealed partial class FooJson : JsonSerializerContext;

        public sealed class FooDriver : ISubDeviceDriver
        {
            public Task RunAsync(IChannel channel, CancellationToken stopping) => Task.CompletedTask;

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("package-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_package_alone_makes_a_project_a_sealed_plugin()
    {
        // With artifacts of its own: those of the repository are in use by this test.
        await DotnetAsync(
            PluginsOnDisk.Repository, "pack", "core/Abstractions", "-o", In("feed"), $"-p:ArtifactsPath={In("artifacts")}",
                "-p:RunAnalyzers=false", "-v", "quiet");
        string project = In("project");
        Directory.CreateDirectory(project);
        await WriteAsync("project/nuget.config", $"""<configuration><packageSources><clear/><add key="feed" value="{In("feed")}"/></packageSources></configuration>""");
        await WriteAsync("project/Acme.Foo.csproj", Project);
        await WriteAsync("project/Foo.cs", Code);

        await DotnetAsync(project, "build", "-v", "quiet");

        string plugin = Path.Combine(project, "bin", "Debug", "net10.0", "plugin", "acme-foo");
        var manifest = PluginVerification.Check(plugin, PluginTrust.Any).Manifest;
        Assert.Equal(("acme-foo", "1.4.0", "Acme.Foo.dll", new Version(0, 1, 0)), (
            manifest.Id, manifest.Version, manifest.Assembly, manifest.ContractVersion));
        Assert.Equal(["Acme.Foo.deps.json", "Acme.Foo.dll", "Acme.Foo.pdb"], manifest.Files.Keys, StringComparer.Ordinal);
        Assert.Equal(9, Assert.Single(manifest.Drivers).ChannelSchema["properties"]?["Size"]?["maximum"]?.GetValue<int>());

        // What no gateway would run is an error of the build, in one line, and leaves nothing that looks complete.
        await WriteAsync("project/Foo.cs", Code.Replace("\"foo\"", "\"No Name\"", StringComparison.Ordinal));
        var (exitCode, output) = await RunAsync(project, "build", "--no-restore", "-v", "quiet", "-nologo");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("error BRP001: Plugin 'acme-foo': Acme.Foo.FooPlugin.Configure threw ArgumentException: The driver name 'No "
            + "Name' is not usable", output, StringComparison.Ordinal);
        Assert.Contains("1 Error(s)", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(plugin, "plugin.json")), "A folder that could not be sealed has a manifest.");
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(In(name), text, TestContext.Current.CancellationToken);

    private async Task DotnetAsync(string folder, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(folder, arguments);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // A server that stays would hold on to the output, and to the folder.
            Environment =
                { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0", ["UseSharedCompilation"] = "false" },
        };
        // What this package left in the user's folder the last time must not be taken for it; the repository needs what is there.
        if (!folder.Equals(PluginsOnDisk.Repository, StringComparison.Ordinal)) start.Environment["NUGET_PACKAGES"] = In("packages");
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await error);
    }
}
