using System.Text.Json.Nodes;
using BridgeFramework.Disks;
using BridgeFramework.Plugins;
using Case = (System.Action<BridgeFramework.Plugins.Tests.PluginsOnDisk> Drop, string Sentence, bool? MayBeIncomplete);

namespace BridgeFramework.Plugins.Tests;

/// <summary>Bad plugins as they lie in a folder: damaged, incomplete, built wrongly, or with an entry point that does not work.</summary>
internal static class BadPluginCases
{
    public const string MainAssembly = "Fixture.Misbehaving.dll";
    private const string CopyAgain = "copy the plugin's folder again, completely.";
    private const string Rebuild = "rebuild the plugin, which writes the manifest, and copy its whole folder.";

    private const string CopyWhole = "copy the whole folder that the plugin's build made.";
    private const string Corrected = "get a corrected version of the plugin.";
    private const string Depends =
        "rebuild the plugin, and see that neither Configure nor the defaults of its settings depend on the machine or the time.";

    private static readonly string Here = NativePlatform.OfThisProcess.ToString();

    /// <summary>What was dropped, what is said, and whether it may be an unfinished copy; null where it takes
    /// code of the plugin to notice.</summary>
    public static IReadOnlyDictionary<string, Case> All { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["missing manifest"] = (
            disk => File.Delete(Path.Combine(disk.Drop("misbehaving"), "plugin.json")),
            $"because its folder {{folder}} has no plugin.json: {CopyWhole}", true),
        ["truncated manifest"] = (
            disk => WriteManifest(disk, """{ "id": "misbehaving", """),
            $"because its plugin.json is no JSON (line 1, column 24): {Rebuild}", true),
        ["empty manifest"] = (
            disk => WriteManifest(disk, ""),
            $"because its plugin.json is no JSON (line 1, column 1): {Rebuild}", true),
        ["wrong manifest"] = (
            disk => WriteManifest(disk, """{ "id": "../x", "version": 1, "assembly": "../x.dll", "contractVersion": "0.1.0", "drivers": [], "files": {}, "extra": 1 }"""),
            "because its plugin.json is not usable: 'id' is \"../x\", expected 1 to 64 of a-z 0-9 . _ -, beginning with a letter; "
            + "'version' is no text, expected a version such as 1.4.0; "
            + "'assembly' is \"../x.dll\", expected the name of a DLL directly in the plugin's folder; "
            + "'drivers' is empty, expected a list of one or more drivers; "
            + "'files' is empty, expected the path and the digest of every file; "
            + $"'extra' is not known, expected id, version, assembly, contractVersion, toolkitVersion, drivers, files: {Rebuild}", false),
        ["too large a manifest"] = (
            disk => WriteManifest(disk, new string(' ', 2_000_000)),
            $"because its plugin.json has 2000000 bytes, the most allowed is 1048576: {Rebuild}", false),
        ["newer contract"] = (
            disk => WriteManifest(disk, """{ "id": "misbehaving", "version": "1.0.0", "assembly": "x.dll", "contractVersion": "0.7.0", "novelty": [] }"""),
            "because it was built against contract 0.7.0, this gateway has 0.1.0: update the gateway, or build the plugin against the "
                + "older contract.", false),
        ["not on the allow-list"] = (
            disk =>
            {
                disk.Drop("misbehaving");
                disk.Trust = PluginTrust.Only([PluginManifestReader.Read(Path.Combine(disk.Folder, "good")).Digest]);
            },
            "because misbehaving 0.1.0 is not on the allow-list (plugins.allow): add \"{digest}\" if you trust it.", false),
        ["own copy of the contract"] = (
            disk => disk.DropSealed(
                folder => File.Copy(typeof(IBridgePlugin).Assembly.Location, Path.Combine(folder, "BridgeFramework.Abstractions.dll"))),
            "because it brings its own copy of the contract (BridgeFramework.Abstractions.dll), and this gateway has 0.1.0: "
            + "set <PluginId> in the plugin's project, so that its build leaves BridgeFramework.Abstractions.dll out, and rebuild it.",
                false),
        ["missing file"] = (
            disk => File.Delete(Path.Combine(disk.Drop("misbehaving"), MainAssembly)),
            $"because its folder lacks {MainAssembly}, which its plugin.json lists: {CopyAgain}", true),
        ["missing files"] = (
            disk =>
            {
                string folder = disk.DropSealed(
                    f => { foreach (string name in (string[])["a", "b", "c", "d"]) File.WriteAllText(Path.Combine(f, name), name); });
                foreach (string name in (string[])["a", "b", "c", "d"]) File.Delete(Path.Combine(folder, name));
            },
            $"because its folder lacks a, b, c and 1 more, which its plugin.json lists: {CopyAgain}", true),
        ["changed file"] = (
            disk => File.AppendAllText(Path.Combine(disk.Drop("misbehaving"), "Fixture.Misbehaving.deps.json"), " "),
            "because the content of Fixture.Misbehaving.deps.json is not what its plugin.json says (SHA-256): "
            + "copy the plugin's folder again, completely; files are not changed after the build.", true),
        ["half a file"] = (
            disk => EditAssembly(disk.Drop("misbehaving"), bytes => bytes[..(bytes.Length / 2)]),
            $"because the content of {MainAssembly} is not what its plugin.json says (SHA-256): "
            + "copy the plugin's folder again, completely; files are not changed after the build.", true),
        ["file that is not listed"] = (
            disk =>
            {
                Directory.CreateDirectory(Path.Combine(disk.Drop("misbehaving"), "more"));
                File.WriteAllText(Path.Combine(disk.Folder, "misbehaving", "more", "extra.dll"), "");
            },
            "because its folder holds more/extra.dll, which its plugin.json does not list: remove it, or rebuild the plugin with it.",
                false),
        ["truncated assembly"] = (
            disk => disk.DropSealed(folder => EditAssembly(folder, bytes => bytes[..(bytes.Length - 600)])),
            $"because its main assembly {MainAssembly} is damaged or not a DLL: {CopyAgain}", true),
        ["empty assembly"] = (
            disk => disk.DropSealed(folder => EditAssembly(folder, _ => [])),
            $"because its main assembly {MainAssembly} is damaged or not a DLL: {CopyAgain}", true),
        ["garbage assembly"] = (
            disk => disk.DropSealed(folder => EditAssembly(folder, bytes => [.. bytes.Reverse()])),
            $"because its main assembly {MainAssembly} is damaged or not a DLL: {CopyAgain}", true),
        ["native library in place of the assembly"] = (
            disk => disk.DropSealed(folder => EditAssembly(folder, _ => NativeFiles.Of(Here))),
            $"because its main assembly {MainAssembly} is a native library, not a .NET assembly: name the plugin's .NET assembly in its "
                + "project.", false),
        ["native library for another processor"] = (
            disk => disk.DropSealed(folder => NativeFiles.Write(folder, "runtimes/linux-s390x/native/libfoo.so", "linux-s390x")),
            $"because its native library runtimes/linux-s390x/native/libfoo.so is for linux-s390x, and this gateway runs on {Here}: get "
                + $"the plugin built for {Here}.", false),
        ["native library for another system"] = (
            disk => disk.DropSealed(folder => NativeFiles.Write(folder, "libfoo.dylib", "osx-arm64")),
            $"because its native library libfoo.dylib is for osx-arm64, and this gateway runs on {Here}: get the plugin built for {Here}.",
                false),
        ["missing dependency"] = (
            disk =>
            {
                string folder = disk.Drop("good", "misbehaving");
                File.Delete(Path.Combine(folder, "Fixture.Library.dll"));
                PluginSeal.Write(folder, PluginManifestReader.Read(folder) with { Id = "x" });
            },
            $"because it needs Fixture.Library 2.0.0.0, which is not in its folder: {CopyAgain}", false),
        ["constructor throws"] = (
            disk => disk.DropMisbehaving("constructor throws"),
            $"because the constructor of Fixture.Misbehaving.MisbehavingPlugin threw InvalidOperationException: the constructor's "
                + $"reason: {Corrected}", null),
        ["static constructor throws"] = (
            disk => disk.DropMisbehaving("static constructor throws"),
            $"because the static constructor of Fixture.Misbehaving.Broken threw FormatException: The input string 'not a number' was "
                + $"not in a correct format: {Corrected}", null),
        ["Configure throws"] = (
            disk => disk.DropMisbehaving("configure throws"),
            $"because Fixture.Misbehaving.MisbehavingPlugin.Configure threw InvalidOperationException: the reason of Configure: "
                + $"{Corrected}", null),
        ["no driver"] = (
            disk => disk.DropMisbehaving("no driver"),
            $"because Fixture.Misbehaving.MisbehavingPlugin.Configure threw InvalidOperationException: Configure registered no driver: "
                + $"call AddDriver at least once: {Corrected}", null),
        ["invalid driver name"] = (
            disk => disk.DropMisbehaving("name Not Good"),
            $"because Fixture.Misbehaving.MisbehavingPlugin.Configure threw ArgumentException: The driver name 'Not Good' is not usable: "
                + $"expected 1 to 32 of a-z 0-9 -, beginning with a letter: {Corrected}", null),
        ["undeclared capability"] = (
            disk => disk.DropMisbehaving("undeclared capability"),
            $"because Fixture.Misbehaving.MisbehavingPlugin.Configure threw ArgumentException: DriverWithActions implements "
                + $"IDriverActions, but driver 'misbehaving' does not declare Actions: add it to Capabilities: {Corrected}", null),
        ["firmware that is offered and cannot be given"] = (
            disk => disk.DropMisbehaving("offers what it cannot give"),
            $"because Fixture.Misbehaving.MisbehavingPlugin.Configure threw ArgumentException: Driver 'misbehaving' offers firmware, but "
                + $"does not declare Firmware: add it to Capabilities: {Corrected}", null),
        ["other driver than promised"] = (
            disk => disk.DropMisbehaving("name other"),
            $"because its plugin.json promises misbehaving, and its Configure registered other: {Depends}", null),
        ["driver other than promised"] = (
            disk => disk.DropSealed(manifest: built => built with
            {
                Drivers =
                [
                    built.Drivers[0] with
                    {
                        Info = built.Drivers[0].Info with
                        {
                            Capabilities = DriverCapabilities.Commands,
                            ExclusiveSettings = ["port"],
                            UpdateConcurrency = 2,
                        },
                        ChannelSchema = new JsonObject(),
                        DeviceSchema = new JsonObject(),
                        PointSchema = new JsonObject(),
                    },
                ],
            }),
            "because what its Configure registered for driver 'misbehaving' is not what its plugin.json says (capabilities, exclusive "
                + "settings, "
            + $"update concurrency, schema of the channel, schema of the device, schema of the point): {Depends}", null),
        ["driver that is promised to offer firmware"] = (
            disk => disk.DropSealed(manifest: built => built with
            {
                Drivers = [built.Drivers[0] with { Info = built.Drivers[0].Info with { OffersFirmware = true } }],
            }),
            "because what its Configure registered for driver 'misbehaving' is not what its plugin.json says (whether it offers firmware): "
                + Depends, null),
        ["driver name taken"] = (
            disk =>
            {
                string folder = disk.DropMisbehaving("name good");
                var built = PluginManifestReader.Read(folder);
                PluginSeal.Write(
                    folder, built with { Drivers = [built.Drivers[0] with { Info = built.Drivers[0].Info with { Name = "good" } }] });
            },
            "because its driver 'good' is already brought by plugin good 1.2.3 in {good}: remove one of the two.", null),
        ["same id"] = (
            disk => disk.Drop("good", "misbehaving"),
            "because plugin good 1.2.3 in {good} has the same id: remove one of the two.", null),
        ["two entry points"] = (
            disk => DropForeign(disk, PluginsOnDisk.TwoEntryPoints),
            "because 2 classes in Fixture.TwoEntryPoints.dll implement IBridgePlugin (Fixture.TwoEntryPoints.First, "
                + "Fixture.TwoEntryPoints.Second): keep one and register all drivers in it.", false),
        ["no entry point"] = (
            disk => DropForeign(disk, typeof(PluginVault).Assembly.Location),
            "because no class in BridgeFramework.Plugins.dll implements IBridgePlugin: add one public class that implements it and "
                + "registers the plugin's drivers.", false),
        ["not a plugin at all"] = (
            disk => DropForeign(disk, Path.Combine(AppContext.BaseDirectory, "Fixture.Library.dll")),
            "because its main assembly Fixture.Library.dll does not refer to BridgeFramework.Abstractions: name the assembly that "
                + "implements IBridgePlugin in the plugin's project.", false),
        ["bytes that are no text in the manifest"] = (
            disk => EditManifest(disk.Drop("misbehaving"), [0xFF]),
            "because its plugin.json is no UTF-8 text (line 8, column 8): rebuild the plugin, which writes the manifest, and copy its "
                + "whole folder.", true),
        ["half a character in the manifest"] = (
            disk => EditManifest(disk.Drop("misbehaving"), "\\udc00"u8),
            "because its plugin.json holds half a character, a lone \\ud800 to \\udfff (line 8, column 7): rebuild the plugin, which "
                + "writes the manifest, and copy its whole folder.", false),
        ["a list of dependencies that is no JSON"] = (
            disk => DropWithDependencies(disk, "{ \"oops\""),
            $"because its Fixture.Misbehaving.deps.json is damaged: {CopyAgain}", null),
        ["a list of dependencies with half a character"] = (
            disk => DropWithDependencies(
                disk, """{ "runtimeTarget": { "name": "\ud800" }, "targets": { "\ud800": { "x/1": { "runtime": { "\ud800": {} } } } } }"""),
            $"because its Fixture.Misbehaving.deps.json is damaged: {CopyAgain}", null),
        ["a manifest that is a FIFO"] = (
            disk =>
            {
                string manifest = Path.Combine(disk.Drop("misbehaving"), "plugin.json");
                File.Delete(manifest);
                OddEntries.MakeFifo(manifest);
            },
            "because its plugin.json is a FIFO, a socket or a device: remove what does not belong to the plugin.", false),
        ["a link"] = (
            disk => File.CreateSymbolicLink(Path.Combine(disk.Drop("misbehaving"), "link"), "/etc/hostname"),
            "because its link is a link: put the file itself into the plugin's folder.", false),
        ["a link to itself"] = (
            disk => Directory.CreateSymbolicLink(Path.Combine(disk.Drop("misbehaving"), "loop"), "."),
            "because its loop is a link: put the file itself into the plugin's folder.", false),
        ["a folder that is a link"] = (
            disk => Directory.CreateSymbolicLink(Path.Combine(disk.Folder, "misbehaving"), disk.Drop("misbehaving", "../elsewhere")),
            "because its folder is a link: put the folder itself into the plugin folder.", false),
        ["a FIFO"] = (
            disk => OddEntries.MakeFifo(Path.Combine(disk.Drop("misbehaving"), "pipe")),
            "because its pipe is a FIFO, a socket or a device: remove what does not belong to the plugin.", false),
    };

    private static void WriteManifest(PluginsOnDisk disk, string text) =>
        File.WriteAllText(Path.Combine(disk.Drop("misbehaving"), "plugin.json"), text);

    private static void DropWithDependencies(PluginsOnDisk disk, string json) =>
        disk.DropSealed(folder => File.WriteAllText(Path.Combine(folder, "Fixture.Misbehaving.deps.json"), json));

    /// <summary>Puts something before the first name of a driver's member.</summary>
    private static void EditManifest(string folder, ReadOnlySpan<byte> inserted)
    {
        string path = Path.Combine(folder, "plugin.json");
        byte[] bytes = File.ReadAllBytes(path);
        int at = bytes.AsSpan().IndexOf("name\""u8);
        File.WriteAllBytes(path, [.. bytes[..at], .. inserted, .. bytes[at..]]);
    }

    private static void EditAssembly(string folder, Func<byte[], byte[]> edit)
    {
        string path = Path.Combine(folder, MainAssembly);
        File.WriteAllBytes(path, edit(File.ReadAllBytes(path)));
    }

    /// <summary>Drops a folder whose main assembly is another one.</summary>
    private static void DropForeign(PluginsOnDisk disk, string assembly)
    {
        string name = Path.GetFileName(assembly);
        disk.DropSealed(folder => File.Copy(assembly, Path.Combine(folder, name)), built => built with { Id = "x", Assembly = name });
    }
}
