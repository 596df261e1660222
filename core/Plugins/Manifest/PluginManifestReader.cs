using System.Text.Json;
using System.Text.RegularExpressions;

namespace BridgeFramework.Plugins;

/// <summary>Reads <c>plugin.json</c> strictly and names every mistake in it at once.</summary>
internal static partial class PluginManifestReader
{
    /// <summary>Room for the drivers' schemas and the digests of a few thousand files.</summary>
    private const int MaxBytes = 1024 * 1024;

    private const int MatchTimeout = 1000;

    private const string Rebuild = "rebuild the plugin, which writes the manifest, and copy its whole folder";

    private static readonly string[] Known = ["id", "version", "assembly", "contractVersion"];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <exception cref="PluginRejectedException">There is none, or it is not usable.</exception>
    public static PluginManifest Read(string folder)
    {
        byte[] bytes = ReadBytes(folder);
        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new PluginRejectedException(
                $"its {PluginManifest.FileName} is no JSON (line {e.LineNumber + 1}, column {e.BytePositionInLine + 1})", Rebuild);
        }
    }

    private static byte[] ReadBytes(string folder)
    {
        string path = Path.Combine(folder, PluginManifest.FileName);
        if (!File.Exists(path))
            throw new PluginRejectedException($"its folder {folder} has no {PluginManifest.FileName}", "copy the whole folder that the plugin's build made");
        using var file = File.OpenRead(path);
        if (file.Length > MaxBytes)
            throw new PluginRejectedException($"its {PluginManifest.FileName} has {file.Length} bytes, the most allowed is {MaxBytes}", Rebuild);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static PluginManifest Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Wrong(["it is no object"]);
        List<string> problems = [];
        string id = ReadText(root, "id", IdPattern(), "1 to 64 of a-z 0-9 . _ -, beginning with a letter", problems);
        string version = ReadText(root, "version", VersionPattern(), "a version such as 1.4.0", problems);
        string assembly = ReadText(root, "assembly", AssemblyPattern(), "the name of a DLL directly in the plugin's folder", problems);
        string contract = ReadText(root, "contractVersion", ContractPattern(), "a version such as 0.1.0", problems);

        // The contract comes first: the manifest of a plugin for a newer gateway may well have members that are new to this one.
        if (contract.Length > 0 && ContractVersion.TryParse(contract, out var contractVersion)) ContractVersion.Check(contractVersion);
        else contractVersion = new Version(0, 0);

        using var members = root.EnumerateObject();
        foreach (var member in members)
            if (!Known.Contains(member.Name, StringComparer.Ordinal)) problems.Add($"'{Shorten(member.Name)}' is not known, expected {string.Join(", ", Known)}");
        if (problems.Count > 0) throw Wrong(problems);
        return new PluginManifest { Id = id, Version = version, Assembly = assembly, ContractVersion = contractVersion };
    }

    private static string ReadText(JsonElement root, string name, Regex pattern, string expected, List<string> problems)
    {
        if (!root.TryGetProperty(name, out var member)) problems.Add($"'{name}' is missing, expected {expected}");
        else if (member.ValueKind != JsonValueKind.String) problems.Add($"'{name}' is no text, expected {expected}");
        else if (member.GetString() is { } text && pattern.IsMatch(text)) return text;
        else problems.Add($"'{name}' is \"{Shorten(member.GetString() ?? "")}\", expected {expected}");
        return "";
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : $"{text.AsSpan(0, 80)}…";

    private static PluginRejectedException Wrong(IEnumerable<string> problems) =>
        new($"its {PluginManifest.FileName} is not usable: {string.Join("; ", problems)}", Rebuild);

    [GeneratedRegex(@"\A[a-z][a-z0-9._-]{0,63}\z", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"\A[0-9A-Za-z][0-9A-Za-z.+-]{0,63}\z", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"\A[0-9A-Za-z_][0-9A-Za-z._ -]{0,119}\.dll\z", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex AssemblyPattern();

    [GeneratedRegex(@"\A[0-9]{1,6}\.[0-9]{1,6}(\.[0-9]{1,6}){0,2}([+-][0-9A-Za-z.+-]{1,64})?\z", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex ContractPattern();
}
