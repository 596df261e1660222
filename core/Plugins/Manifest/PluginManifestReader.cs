using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>Reads <c>plugin.json</c> strictly and names every mistake in it at once.</summary>
internal static partial class PluginManifestReader
{
    /// <summary>Room for the drivers' schemas and the digests of a few thousand files.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const int MaxSchemaDepth = 64;

    /// <summary>Generous, so that a schema that is too deep is named as such.</summary>
    private const int MaxDepth = 4 * MaxSchemaDepth;

    /// <summary>More say nothing more: the manifest was not written by the build.</summary>
    private const int MaxShown = 20;

    private const int MatchTimeout = 1000;

    public const string Rebuild = "rebuild the plugin, which writes the manifest, and copy its whole folder";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    /// <exception cref="PluginRejectedException">There is none, or it is not usable.</exception>
    public static PluginManifest Read(string folder) => Parse(ReadBytes(folder));

    /// <exception cref="PluginRejectedException">It is not usable.</exception>
    public static PluginManifest Parse(byte[] bytes)
    {
        try
        {
            var text = ManifestText.Of(bytes);
            ManifestText.Check(text.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            using var document = JsonDocument.Parse(text, Strict);
            return Read(document.RootElement, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (JsonException e)
        {
            throw new PluginRejectedException(
                $"its {PluginManifest.FileName} is no JSON (line {e.LineNumber + 1}, column {e.BytePositionInLine + 1})", Rebuild,
                    mayBeIncomplete: true);
        }
    }

    private static byte[] ReadBytes(string folder)
    {
        string path = Path.Combine(folder, PluginManifest.FileName);
        if (!File.Exists(path))
            throw new PluginRejectedException(
                $"its folder {folder} has no {PluginManifest.FileName}", "copy the whole folder that the plugin's build made",
                    mayBeIncomplete: true);
        using var file = RegularFile.OpenRead(path);
        if (file.Length > MaxBytes)
            throw new PluginRejectedException(
                $"its {PluginManifest.FileName} has {file.Length} bytes, the most allowed is {MaxBytes}", Rebuild);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static PluginManifest Read(JsonElement root, string digest)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Wrong(["it is no object"]);
        List<string> mistakes = [];
        var members = new ManifestMembers(root, "", mistakes);
        string id = members.Text("id", IdPattern(), "1 to 64 of a-z 0-9 . _ -, beginning with a letter");
        string version = members.Text("version", VersionPattern(), "a version such as 1.4.0");
        string assembly = members.Text("assembly", AssemblyPattern(), "the name of a DLL directly in the plugin's folder");
        string contract = members.Text("contractVersion", ContractPattern(), "a version such as 0.1.0");

        // The contract comes first: the manifest of a plugin for a newer gateway may well have members that are new to this one.
        if (contract.Length > 0 && ContractVersion.TryParse(contract, out var contractVersion)) ContractVersion.Check(contractVersion);
        else contractVersion = new Version(0, 0);

        string? toolkit = members.OptionalText("toolkitVersion", VersionPattern(), "a version such as 0.1.0");
        var drivers = ReadDrivers(members.Items("drivers", "a list of one or more drivers"), mistakes);
        if (drivers.Count == 0 && root.TryGetProperty("drivers", out var list) && list.ValueKind == JsonValueKind.Array
            && list.GetArrayLength() == 0)
            mistakes.Add("'drivers' is empty, expected a list of one or more drivers");
        var files = ReadFiles(members.Object("files", "the path and the digest of every file"), mistakes);
        members.RefuseOthers();
        if (assembly.Length > 0 && files.Count > 0 && !files.ContainsKey(assembly))
            mistakes.Add($"'files' does not list the main assembly {assembly}");
        if (mistakes.Count > 0) throw Wrong(mistakes);
        return new PluginManifest
        {
            Id = id,
            Version = version,
            Assembly = assembly,
            ContractVersion = contractVersion,
            ToolkitVersion = toolkit,
            Drivers = drivers,
            Files = files,
            Digest = digest,
        };
    }

    private static List<ManifestDriver> ReadDrivers(IReadOnlyList<JsonElement> items, List<string> mistakes)
    {
        List<ManifestDriver> drivers = [];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].ValueKind != JsonValueKind.Object)
            {
                mistakes.Add($"'drivers[{i}]' is no object");
                continue;
            }

            var driver = ReadDriver(items[i], $"drivers[{i}].", mistakes);
            if (driver.Info.Name.Length > 0 && !names.Add(driver.Info.Name))
                mistakes.Add($"'drivers[{i}].name' is \"{driver.Info.Name}\" for the second time");
            drivers.Add(driver);
        }

        return drivers;
    }

    private static ManifestDriver ReadDriver(JsonElement item, string place, List<string> mistakes)
    {
        var members = new ManifestMembers(item, place, mistakes);
        var info = new DriverInfo
        {
            Name = members.Text("name", DriverInfoRules.NamePattern(), "1 to 32 of a-z 0-9 -, beginning with a letter"),
            Description = members.Text("description", DescriptionPattern(), "one sentence"),
            Capabilities = ReadCapabilities(members.Texts("capabilities", $"a list of {CapabilityNames.Known}"), place, mistakes),
            ExclusiveSettings = members.Texts("exclusiveSettings", "a list of names of channel settings"),
            UpdateConcurrency = members.Number("updateConcurrency", 1),
            OffersFirmware = members.OptionalTruth("offersFirmware"),
        };
        var driver = new ManifestDriver
        {
            Info = info,
            ChannelSchema = ReadSchema(members, "channel", place, mistakes),
            DeviceSchema = ReadSchema(members, "device", place, mistakes),
            PointSchema = ReadSchema(members, "point", place, mistakes),
        };
        members.RefuseOthers();
        return driver;
    }

    private static DriverCapabilities ReadCapabilities(IReadOnlyList<string> names, string place, List<string> mistakes)
    {
        var capabilities = DriverCapabilities.None;
        foreach (string name in names)
        {
            if (CapabilityNames.TryParse(name, out var capability)) capabilities |= capability;
            else mistakes.Add($"'{place}capabilities' has \"{ManifestMembers.Shorten(name)}\", expected {CapabilityNames.Known}");
        }

        return capabilities;
    }

    private static JsonObject ReadSchema(ManifestMembers members, string name, string place, List<string> mistakes)
    {
        if (members.Object(name, "a JSON schema") is not { } schema) return [];
        if (IsDeeperThan(MaxSchemaDepth, schema))
        {
            mistakes.Add($"'{place}{name}' nests deeper than {MaxSchemaDepth}");
            return [];
        }

        return JsonObject.Create(schema.Clone()) ?? [];
    }

    private static bool IsDeeperThan(int depth, JsonElement element)
    {
        if (element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) return false;
        if (depth == 0) return true;
        if (element.ValueKind == JsonValueKind.Object)
        {
            using var members = element.EnumerateObject();
            return members.Any(member => IsDeeperThan(depth - 1, member.Value));
        }

        using var items = element.EnumerateArray();
        return items.Any(item => IsDeeperThan(depth - 1, item));
    }

    private static Dictionary<string, string> ReadFiles(JsonElement? files, List<string> mistakes)
    {
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        if (files is not { } listed) return digests;
        if (listed.GetPropertyCount() > PluginManifest.MaxFiles)
        {
            mistakes.Add($"'files' lists {listed.GetPropertyCount()} files, the most allowed is {PluginManifest.MaxFiles}");
            return digests;
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        using var members = listed.EnumerateObject();
        foreach (var file in members)
        {
            string shown = ManifestMembers.Shorten(file.Name);
            if (ManifestPath.FindMistake(file.Name) is { } mistake) mistakes.Add($"the file '{shown}' {mistake}");
            else if (!seen.Add(file.Name)) mistakes.Add($"the file '{shown}' differs from another one only in case");
            if (file.Value.ValueKind != JsonValueKind.String || !DigestPattern().IsMatch(file.Value.GetString() ?? ""))
                mistakes.Add($"the digest of '{shown}' is {ManifestMembers.Shorten(file.Value.GetRawText())}, expected 64 of 0-9 a-f");
            else digests.Add(file.Name, file.Value.GetString() ?? "");
        }

        if (listed.GetPropertyCount() == 0) mistakes.Add("'files' is empty, expected the path and the digest of every file");
        return digests;
    }

    private static PluginRejectedException Wrong(List<string> mistakes) => new(
        $"its {PluginManifest.FileName} is not usable: {string.Join("; ", mistakes.Take(MaxShown))}"
        + (mistakes.Count > MaxShown ? $"; and {mistakes.Count - MaxShown} more" : ""),
        Rebuild);

    [GeneratedRegex(@"\A[0-9a-f]{64}\z", RegexOptions.ExplicitCapture, MatchTimeout)]
    internal static partial Regex DigestPattern();

    [GeneratedRegex(@"\A[a-z][a-z0-9._-]{0,63}\z", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"\A[0-9A-Za-z][0-9A-Za-z.+-]{0,63}\z", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"\A[0-9A-Za-z_][0-9A-Za-z._ -]{0,119}\.dll\z", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex AssemblyPattern();

    [GeneratedRegex(@"\A[0-9]{1,6}\.[0-9]{1,6}(\.[0-9]{1,6}){0,2}([+-][0-9A-Za-z.+-]{1,64})?\z", RegexOptions.ExplicitCapture,
        MatchTimeout)]
    private static partial Regex ContractPattern();

    /// <summary>Anything that is not blank.</summary>
    [GeneratedRegex(@"\S", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex DescriptionPattern();
}
