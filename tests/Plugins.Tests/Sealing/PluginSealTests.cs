using System.Diagnostics;
using System.Text.Json.Nodes;

namespace BridgeFramework.Plugins.Tests;

public sealed class PluginSealTests
{
    private static readonly PluginIdentity Misbehaving = new()
    {
        Id = "misbehaving",
        Version = "2.0.0",
        Assembly = "Fixture.Misbehaving.dll",
    };

    [Fact]
    public void A_build_leaves_a_complete_manifest()
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.Drop("good");

        var manifest = PluginManifestReader.Read(folder);

        Assert.Equal(
            ("good", "1.2.3", "Fixture.Good.dll", null), (manifest.Id, manifest.Version, manifest.Assembly, manifest.ToolkitVersion));
        Assert.Equal(
            ["Fixture.Good.deps.json", "Fixture.Good.dll", "Fixture.Good.pdb", "Fixture.Library.dll", "Fixture.Library.pdb"],
                manifest.Files.Keys, StringComparer.Ordinal);
        foreach (var (file, digest) in manifest.Files) Assert.Equal(PluginFiles.DigestOf(Path.Combine(folder, file)), digest);
        Assert.Equal(PluginFiles.DigestOf(Path.Combine(folder, "plugin.json")), manifest.Digest);
        var driver = Assert.Single(manifest.Drivers);
        Assert.Equal(("good", "Does as it is told.", DriverCapabilities.Actions, 1), (
            driver.Info.Name, driver.Info.Description, driver.Info.Capabilities, driver.Info.UpdateConcurrency));
        Assert.Equal(["port"], driver.Info.ExclusiveSettings, StringComparer.Ordinal);
        Assert.Equal(65535, driver.ChannelSchema["properties"]?["port"]?["maximum"]?.GetValue<int>());
        Assert.Equal(247, driver.DeviceSchema["properties"]?["unitId"]?["maximum"]?.GetValue<int>());
        Assert.Equal(
            ["address"], driver.PointSchema["required"]?.AsArray().Select(n => n?.GetValue<string>()) ?? [], StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_same_folder_gives_the_same_bytes()
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.Drop("good");
        byte[] built = await File.ReadAllBytesAsync(Path.Combine(folder, "plugin.json"), TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(folder, "plugin.json"));
        await File.WriteAllTextAsync(Path.Combine(folder, ".plugin.json.unfinished"), "left behind", TestContext.Current.CancellationToken);

        await PluginSeal.WriteAsync(folder, new PluginIdentity { Id = "good", Version = "1.2.3", Assembly = "Fixture.Good.dll" },
            TestContext.Current.CancellationToken);

        Assert.Equal(built, await File.ReadAllBytesAsync(Path.Combine(folder, "plugin.json"), TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Path.Combine(folder, ".plugin.json.unfinished")));
    }

    [Fact]
    public async Task The_version_of_the_toolkit_is_read_from_its_file()
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.Drop("misbehaving");
        // Any assembly with a version will do.
        File.Copy(typeof(PluginSeal).Assembly.Location, Path.Combine(folder, "BridgeFramework.Drivers.dll"));

        var manifest = await PluginSeal.WriteAsync(folder, Misbehaving, TestContext.Current.CancellationToken);

        Assert.Equal("0.1.0", manifest.ToolkitVersion);
    }

    [Fact]
    public void Sealing_again_takes_the_files_anew_and_keeps_the_rest()
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.Drop("good");
        var before = PluginManifestReader.Read(folder);
        Directory.CreateDirectory(Path.Combine(folder, "more"));
        File.WriteAllText(Path.Combine(folder, "more", "notes.txt"), "new");

        var after = PluginSeal.Renew(folder);

        Assert.Equal([.. before.Files.Keys.Order(StringComparer.Ordinal), "more/notes.txt"], after.Files.Keys, StringComparer.Ordinal);
        Assert.NotEqual(before.Digest, after.Digest, StringComparer.Ordinal);
        Assert.True(JsonNode.DeepEquals(before.Drivers[0].ChannelSchema, after.Drivers[0].ChannelSchema));
        Assert.Equal("good", PluginVerification.Check(folder, PluginTrust.Any).Manifest.Id);
    }

    [Theory]
    [InlineData("name BAD", "Plugin 'misbehaving': Fixture.Misbehaving.MisbehavingPlugin.Configure threw ArgumentException: The driver "
        + "name 'BAD' is not usable: expected 1 to 32 of a-z 0-9 -, beginning with a letter: get a corrected version of the plugin.")]
    [InlineData("constructor throws", "Plugin 'misbehaving': the constructor of Fixture.Misbehaving.MisbehavingPlugin threw "
        + "InvalidOperationException: the constructor's reason: get a corrected version of the plugin.")]
    [InlineData("thread in Configure throws",
        "Plugin 'misbehaving': it threw InvalidOperationException on a thread of its own: nobody catches this")]
    public async Task The_program_says_in_one_line_why_a_plugin_is_not_sealed(string behaviour, string error)
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.DropMisbehaving(behaviour);
        string before = await File.ReadAllTextAsync(Path.Combine(folder, "plugin.json"), TestContext.Current.CancellationToken);

        var (exitCode, output) = await SealAsync(folder, "misbehaving", "2.0.0", "Fixture.Misbehaving.dll");

        Assert.Equal((1, $"error BRP001: {error}\n"), (exitCode, output));
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(folder, "plugin.json"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("2.0.0;x", "Fixture.Misbehaving.dll",
        "error BRP001: Plugin 'misbehaving': its plugin.json is not usable: 'version' is \"2.0.0;x\", expected a version such as 1.4.0: ")]
    [InlineData("2.0.0", "Other.dll", "error BRP001: Plugin 'misbehaving': its main assembly Other.dll is not in its folder: ")]
    public async Task What_no_gateway_would_read_is_not_written(string version, string assembly, string error)
    {
        using var disk = new PluginsOnDisk();
        string folder = disk.Drop("misbehaving");

        var (exitCode, output) = await SealAsync(folder, "misbehaving", version, assembly);

        Assert.Equal(1, exitCode);
        Assert.StartsWith(error, output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
        Assert.Equal("0.1.0", PluginManifestReader.Read(folder).Version);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_one_line_too()
    {
        var (exitCode, output) = await SealAsync("/no/such/folder", "x", "1.0.0", "x.dll");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("error BRP002: Plugin 'x': its folder /no/such/folder cannot be sealed: ", output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
    }

    private static async Task<(int ExitCode, string Output)> SealAsync(params string[] arguments)
    {
        using var sealer = Process.Start(new ProcessStartInfo("dotnet", ["exec", PluginsOnDisk.Sealer, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("The sealer did not start.");
        var error = sealer.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await sealer.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await sealer.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (sealer.ExitCode, output.ReplaceLineEndings("\n") + await error);
    }
}
