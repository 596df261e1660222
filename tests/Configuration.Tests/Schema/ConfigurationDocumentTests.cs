using System.Text;
using System.Text.RegularExpressions;
using BridgeFramework.IotHub;

namespace BridgeFramework.Configuration.Tests;

public sealed partial class ConfigurationDocumentTests
{
    [Fact]
    public void Every_key_of_the_schema_is_in_the_reference_and_no_other()
    {
        var documented = Rows().Keys;
        var known = Keys(GatewaySchema.Root, "").Select(k => k.Path).Distinct(StringComparer.Ordinal);

        Lines.AreEqual(known.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_default_of_the_schema_is_in_its_row()
    {
        var rows = Rows();
        foreach (var (path, schema) in Keys(GatewaySchema.Root, ""))
            if (schema.Default is { } value) Assert.Contains($"`{value.ToJsonString()}`", rows[path], StringComparison.Ordinal);
    }

    [Fact]
    public void The_device_info_that_is_shown_is_read_and_has_every_field()
    {
        string text = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "configuration.md"));
        text = text[text.IndexOf("\n## device_info.json", StringComparison.Ordinal)..];
        int begin = text.IndexOf("```json", StringComparison.Ordinal) + "```json".Length;
        string shown = text[begin..text.IndexOf("```", begin, StringComparison.Ordinal)];

        foreach (string mode in new[] { "KEY", "CERT" })
        {
            var info = DeviceInfoFile.Parse(
                Encoding.UTF8.GetBytes(shown.Replace("\"KEY\"", $"\"{mode}\"", StringComparison.Ordinal)), "device_info.json");
            Assert.Equal(mode is "CERT", info is { IsCertificateDevice: true, Credentials: CertificateCredentials });
            Assert.Equal(["iothub-root.pem", "china"], [Path.GetFileName(info.CaFile), info.Region], StringComparer.Ordinal);
            Assert.Equal([true, false], info.SubDevices.Select(device => device.Secret is not null));
            Assert.Empty(info.Notes);
        }
    }

    private static Dictionary<string, string> Rows() =>
        File.ReadLines(Path.Combine(RepositoryRoot(), "docs", "configuration.md"))
            .Select(line => (Line: line, Match: Row().Match(line)))
            .Where(row => row.Match.Success)
            .ToDictionary(row => row.Match.Groups["key"].Value, row => row.Line, StringComparer.Ordinal);

    private static IEnumerable<(string Path, JsonSchema Schema)> Keys(JsonSchema schema, string above)
    {
        schema = schema.Resolved();
        foreach (string name in schema.PropertyNames)
        {
            // What device types and sub-devices may both have is described once.
            string path = $"{above}{name}";
            var property = schema.Property(name)!.Value.Resolved();   // ! it is one of the names
            yield return (path, property);
            string below = name is "points" or "report" ? name : path;
            foreach (var key in Keys(property, $"{below}.")) yield return key;
            if (property["additionalProperties"] is { } entry)
                foreach (var key in Keys(entry, $"{below}.<name>.")) yield return key;
            if (property["items"] is { } item)
                foreach (var key in Keys(item, $"{below}[].")) yield return key;
        }
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "BridgeFramework.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The test does not run inside the repository.");
    }

    [GeneratedRegex(@"^\| `(?<key>[^`]+)` \|", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();
}
