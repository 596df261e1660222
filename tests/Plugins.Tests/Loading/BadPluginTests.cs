using System.Reflection.PortableExecutable;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Plugins.Tests;

/// <summary>One bad plugin is one sentence, and the good one beside it works.</summary>
public sealed class BadPluginTests
{
    private const string MainAssembly = "Fixture.Misbehaving.dll";
    private const string CopyAgain = "copy the plugin's folder again, completely.";
    private const string Rebuild = "rebuild the plugin, which writes the manifest, and copy its whole folder.";

    private static readonly Dictionary<string, (Action<PluginsOnDisk> Drop, string Sentence)> Cases = new(StringComparer.Ordinal)
    {
        ["missing manifest"] = (
            disk => File.Delete(Path.Combine(disk.DropMisbehaving(""), "plugin.json")),
            "because its folder {folder} has no plugin.json: copy the whole folder that the plugin's build made."),
        ["malformed manifest"] = (
            disk => WriteManifest(disk, """{ "id": "misbehaving", """),
            $"because its plugin.json is no JSON (line 1, column 24): {Rebuild}"),
        ["wrong manifest"] = (
            disk => WriteManifest(disk, """{ "id": "../x", "version": 1, "assembly": "../x.dll", "contractVersion": "0.1.0", "extra": 1 }"""),
            "because its plugin.json is not usable: 'id' is \"../x\", expected 1 to 64 of a-z 0-9 . _ -, beginning with a letter; "
            + "'version' is no text, expected a version such as 1.4.0; "
            + "'assembly' is \"../x.dll\", expected the name of a DLL directly in the plugin's folder; "
            + $"'extra' is not known, expected id, version, assembly, contractVersion: {Rebuild}"),
        ["too large a manifest"] = (
            disk => WriteManifest(disk, new string(' ', 2_000_000)),
            $"because its plugin.json has 2000000 bytes, the most allowed is 1048576: {Rebuild}"),
        ["newer contract"] = (
            disk => WriteManifest(disk, """{ "id": "misbehaving", "version": "1.0.0", "assembly": "x.dll", "contractVersion": "0.7.0", "drivers": [] }"""),
            "because it was built against contract 0.7.0, this gateway has 0.1.0: update the gateway, or build the plugin against the older contract."),
        ["own copy of the contract"] = (
            disk => File.Copy(typeof(IBridgePlugin).Assembly.Location, Path.Combine(disk.DropMisbehaving(""), "BridgeFramework.Abstractions.dll")),
            "because it brings its own copy of the contract (BridgeFramework.Abstractions.dll), and this gateway has 0.1.0: "
            + "delete BridgeFramework.Abstractions.dll from the plugin's folder, and set <PluginId> in its project so that the build leaves it out."),
        ["missing assembly"] = (
            disk => File.Delete(Path.Combine(disk.DropMisbehaving(""), MainAssembly)),
            $"because its main assembly {MainAssembly}, named in plugin.json, is not in its folder: {CopyAgain}"),
        ["truncated assembly"] = (
            disk => EditAssembly(disk, bytes => bytes[..(bytes.Length - 600)]),
            $"because its main assembly {MainAssembly} is damaged or not a DLL: {CopyAgain}"),
        ["empty assembly"] = (
            disk => EditAssembly(disk, _ => []),
            $"because its main assembly {MainAssembly} is damaged or not a DLL: {CopyAgain}"),
        ["garbage assembly"] = (
            disk => EditAssembly(disk, bytes => [.. bytes.Reverse()]),
            $"because its main assembly {MainAssembly} is damaged or not a DLL: {CopyAgain}"),
        ["native assembly"] = (
            disk => EditAssembly(disk, WithoutMetadata),
            $"because its main assembly {MainAssembly} is a native library, not a .NET assembly: name the plugin's .NET assembly in its project."),
        ["native assembly of Linux"] = (
            disk => EditAssembly(disk, _ => [.. "\u007fELF"u8, .. new byte[4000]]),
            $"because its main assembly {MainAssembly} is a native library, not a .NET assembly: name the plugin's .NET assembly in its project."),
        ["missing dependency"] = (
            disk =>
            {
                File.Delete(Path.Combine(disk.Drop("good", "misbehaving"), "Fixture.Library.dll"));
                WriteManifest(disk, """{ "id": "x", "version": "1.0.0", "assembly": "Fixture.Good.dll", "contractVersion": "0.1.0" }""");
            },
            $"because it needs Fixture.Library 2.0.0.0, which is not in its folder: {CopyAgain}"),
        ["constructor throws"] = (
            disk => disk.DropMisbehaving("constructor throws"),
            "because the constructor of Fixture.Misbehaving.MisbehavingPlugin threw InvalidOperationException: the constructor's reason: get a corrected version of the plugin."),
        ["static constructor throws"] = (
            disk => disk.DropMisbehaving("static constructor throws"),
            "because the static constructor of Fixture.Misbehaving.Broken threw FormatException: The input string 'not a number' was not in a correct format: get a corrected version of the plugin."),
        ["Configure throws"] = (
            disk => disk.DropMisbehaving("configure throws"),
            "because Fixture.Misbehaving.MisbehavingPlugin.Configure threw InvalidOperationException: the reason of Configure: get a corrected version of the plugin."),
        ["no driver"] = (
            disk => disk.DropMisbehaving("no driver"),
            "because Fixture.Misbehaving.MisbehavingPlugin.Configure threw InvalidOperationException: Configure registered no driver: call AddDriver at least once: get a corrected version of the plugin."),
        ["invalid driver name"] = (
            disk => disk.DropMisbehaving("name Not Good"),
            "because Fixture.Misbehaving.MisbehavingPlugin.Configure threw ArgumentException: The driver name 'Not Good' is not usable: expected 1 to 32 of a-z 0-9 -, beginning with a letter: get a corrected version of the plugin."),
        ["undeclared capability"] = (
            disk => disk.DropMisbehaving("undeclared capability"),
            "because Fixture.Misbehaving.MisbehavingPlugin.Configure threw ArgumentException: DriverWithActions implements IDriverActions, but driver 'misbehaving' does not declare Actions: add it to Capabilities: get a corrected version of the plugin."),
        ["driver name taken"] = (
            disk => disk.DropMisbehaving("name good"),
            "because its driver 'good' is already brought by plugin good 1.2.3 in {good}: remove one of the two."),
        ["same id"] = (
            disk => disk.Drop("good", "misbehaving"),
            "because plugin good 1.2.3 in {good} has the same id: remove one of the two."),
        ["two entry points"] = (
            disk => disk.Drop("two-entry-points", "misbehaving"),
            "because 2 classes in Fixture.TwoEntryPoints.dll implement IBridgePlugin (Fixture.TwoEntryPoints.First, Fixture.TwoEntryPoints.Second): keep one and register all drivers in it."),
        ["no entry point"] = (
            disk =>
            {
                string host = typeof(PluginFolder).Assembly.Location;
                File.Copy(host, Path.Combine(disk.DropMisbehaving(""), Path.GetFileName(host)));
                WriteManifest(disk, """{ "id": "x", "version": "1.0.0", "assembly": "BridgeFramework.Plugins.dll", "contractVersion": "0.1.0" }""");
            },
            "because no class in BridgeFramework.Plugins.dll implements IBridgePlugin: add one public class that implements it and registers the plugin's drivers."),
        ["not a plugin at all"] = (
            disk =>
            {
                string library = Path.Combine(AppContext.BaseDirectory, "Fixture.Library.dll");
                File.Copy(library, Path.Combine(disk.DropMisbehaving(""), "Fixture.Library.dll"));
                WriteManifest(disk, """{ "id": "x", "version": "1.0.0", "assembly": "Fixture.Library.dll", "contractVersion": "0.1.0" }""");
            },
            "because its main assembly Fixture.Library.dll does not refer to BridgeFramework.Abstractions: name the assembly that implements IBridgePlugin in the plugin's project."),
        ["a link"] = (
            disk => File.CreateSymbolicLink(Path.Combine(disk.DropMisbehaving(""), "link"), "/etc/hostname"),
            "because its link is a link: put the file itself into the plugin's folder."),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_bad_plugin_is_one_sentence_and_harms_nothing_else(string name)
    {
        using var disk = new PluginsOnDisk();
        string good = disk.Drop("good");
        var (drop, sentence) = Cases[name];
        drop(disk);

        var scan = await disk.ScanAsync();

        string folder = Path.Combine(disk.Folder, "misbehaving");
        string expected = $"Plugin 'misbehaving' was not loaded {sentence}"
            .Replace("{folder}", folder, StringComparison.Ordinal).Replace("{good}", good, StringComparison.Ordinal);
        var failure = Assert.Single(scan.Failures);
        Assert.Equal(expected, failure.ToString());
        Assert.Equal("misbehaving", failure.Name);
        Assert.Equal("good", Assert.Single(scan.Plugins).Manifest.Id);
        Assert.Equal(expected, Assert.Single(disk.Log.GetSnapshot(), r => r.Level == LogLevel.Error).Message);
        foreach (var plugin in scan.Plugins) plugin.Dispose();
    }

    [Fact]
    public async Task A_plugin_whose_Configure_hangs_is_given_up_after_the_deadline()
    {
        using var disk = new PluginsOnDisk();
        disk.DropMisbehaving("configure hangs");
        disk.Drop("good", "zz-good");
        var time = new ArmedTime();
        var configuring = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        AppContext.SetData("Fixture.Configuring", (Action)configuring.SetResult);

        var scanning = disk.ScanAsync(time);
        await time.ArmedAsync(TestContext.Current.CancellationToken);
        await configuring.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(10));
        var scan = await scanning;

        Assert.Equal(
            "Plugin 'misbehaving' was not loaded because Fixture.Misbehaving.MisbehavingPlugin.Configure did not return within 10 s: "
            + "do no I/O and no waiting there, and restart the gateway to get rid of the lost thread.",
            Assert.Single(scan.Failures).ToString());
        foreach (var plugin in scan.Plugins) plugin.Dispose();
    }

    [Fact]
    public async Task A_DLL_outside_a_folder_is_told_about()
    {
        using var disk = new PluginsOnDisk();
        Directory.CreateDirectory(disk.Folder);
        await File.WriteAllTextAsync(Path.Combine(disk.Folder, "Acme.dll"), "", TestContext.Current.CancellationToken);

        var scan = await disk.ScanAsync();

        Assert.Equal(
            "Plugin 'Acme.dll' was not loaded because it is a file, and a plugin is a folder: copy the whole folder that the plugin's build made.",
            Assert.Single(scan.Failures).ToString());
    }

    [Fact]
    public async Task No_folder_is_an_empty_scan_with_a_note()
    {
        using var disk = new PluginsOnDisk();

        var scan = await disk.ScanAsync();

        Assert.Empty(scan.Plugins);
        Assert.Empty(scan.Failures);
        Assert.Equal($"The plugin folder {disk.Folder} does not exist: create it and drop plugins in, or set 'plugins.folder'.", scan.Note);
    }

    private static void WriteManifest(PluginsOnDisk disk, string text)
    {
        string folder = Path.Combine(disk.Folder, "misbehaving");
        if (!Directory.Exists(folder)) disk.DropMisbehaving("");
        File.WriteAllText(Path.Combine(folder, "plugin.json"), text);
    }

    private static void EditAssembly(PluginsOnDisk disk, Func<byte[], byte[]> edit)
    {
        string path = Path.Combine(disk.DropMisbehaving(""), MainAssembly);
        File.WriteAllBytes(path, edit(File.ReadAllBytes(path)));
    }

    /// <summary>Takes the CLI header's entry out of the table of data directories: what is left is a native DLL.</summary>
    private static byte[] WithoutMetadata(byte[] image)
    {
        using var stream = new MemoryStream(image);
        using var reader = new PEReader(stream);
        int directories = reader.PEHeaders.PEHeaderStartOffset + (reader.PEHeaders.PEHeader!.Magic == PEMagic.PE32 ? 96 : 112);
        byte[] native = [.. image];
        native.AsSpan(directories + 14 * 8, 8).Clear();
        return native;
    }
}
