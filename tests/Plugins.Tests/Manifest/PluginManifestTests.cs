using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace BridgeFramework.Plugins.Tests;

public sealed class PluginManifestTests
{
    private const string Rest = """
        "id": "x", "version": "1.0.0", "assembly": "x.dll", "contractVersion": "0.1.0"
        """;

    private const string Driver = """
        { "name": "d", "description": "D.", "capabilities": [], "exclusiveSettings": [], "updateConcurrency": 1, "channel": {}, "device": {}, "point": {} }
        """;

    private static readonly string Digest = new('a', 64);

    private static readonly string MainFile = $"\"x.dll\": \"{Digest}\"";

    private static readonly Gen<string> Text = Gen.String[Gen.Char[' ', '\ud7ff'], 0, 20];

    private static readonly Gen<JsonNode> Schema = Gen.Recursive<JsonNode>((depth, inner) => depth < 5
        ? Gen.OneOf(
            Text.Select(t => (JsonNode)JsonValue.Create(t)),
            Gen.Int.Select(n => (JsonNode)JsonValue.Create(n)),
            Gen.Decimal.Select(n => (JsonNode)JsonValue.Create(n)),
            Gen.Bool.Select(b => (JsonNode)JsonValue.Create(b)),
            inner.Array[0, 3].Select(items => (JsonNode)new JsonArray([.. items.Select(i => i.DeepClone())])),
            inner.Array[0, 3].Select(ObjectOf))
        : Text.Select(t => (JsonNode)JsonValue.Create(t)));

    private static readonly Gen<JsonNode> ObjectSchema = Schema.Array[0, 4].Select(ObjectOf);

    private static readonly Gen<string> Word = Gen.String[Gen.Char.AlphaNumeric, 1, 12];

    private static readonly Gen<ManifestDriver> AnyDriver = Gen.Select(
        Gen.String[Gen.Char['a', 'z'], 1, 32], Word, Text, Gen.Int[0, 31], Word.Array[0, 3], Gen.Int[1, int.MaxValue], ObjectSchema,
            ObjectSchema)
        .Select((name, word, text, capabilities, exclusive, concurrency, channel, point) => new ManifestDriver
        {
            Info = new DriverInfo
            {
                Name = name,
                Description = word + text,
                Capabilities = (DriverCapabilities)capabilities,
                ExclusiveSettings = exclusive,
                UpdateConcurrency = concurrency,
                OffersFirmware = concurrency % 2 == 0,
            },
            ChannelSchema = channel,
            DeviceSchema = new JsonObject(),
            PointSchema = point,
        });

    private static readonly Gen<PluginManifest> AnyManifest = Gen.Select(
        AnyDriver.Array[1, 3], Word.Array[0, 30], Gen.Byte.Array[32], Word, Gen.Bool)
        .Select((drivers, files, digest, version, toolkit) => new PluginManifest
        {
            Id = "some.plug-in_1",
            Version = version,
            Assembly = "Main.dll",
            ContractVersion = new Version(0, 1, 0),
            ToolkitVersion = toolkit ? $"{version}-beta.1" : null,
            Drivers = [.. drivers.DistinctBy(d => d.Info.Name, StringComparer.Ordinal)],
            Files = files.Select(f => $"lib/{f}/{f}.dll").Append("Main.dll").DistinctBy(f => f, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(f => f, _ => Convert.ToHexStringLower(digest), StringComparer.Ordinal),
            Digest = "",
        });

    [Fact]
    public void What_is_written_is_read_back_and_written_the_same_way_again() => AnyManifest.Sample(manifest =>
    {
        byte[] bytes = PluginManifestWriter.Write(manifest);
        var read = PluginManifestReader.Parse(bytes);

        Assert.Equal(
            (manifest.Id, manifest.Version, manifest.Assembly, manifest.ContractVersion, manifest.ToolkitVersion),
            (read.Id, read.Version, read.Assembly, read.ContractVersion, read.ToolkitVersion));
        Assert.Equal(manifest.Files.OrderBy(f => f.Key, StringComparer.Ordinal), read.Files);
        foreach (var (expected, actual) in manifest.Drivers.Zip(read.Drivers))
        {
            Assert.Equal(expected.Info with { ExclusiveSettings = actual.Info.ExclusiveSettings }, actual.Info);
            Assert.Equal(expected.Info.ExclusiveSettings, actual.Info.ExclusiveSettings, StringComparer.Ordinal);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected.ChannelSchema.ToJsonString()), actual.ChannelSchema));
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected.PointSchema.ToJsonString()), actual.PointSchema));
        }

        Assert.Equal(bytes, PluginManifestWriter.Write(read));
        Assert.Equal(manifest.Drivers.Count, read.Drivers.Count);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), read.Digest);
    });

    public static TheoryData<string, string> Mistakes => new()
    {
        { "[]", "it is no object" },
        { $$"""{ {{Rest}}, "drivers": [{{Driver}}] }""", "'files' is missing, expected the path and the digest of every file" },
        { $$"""{ {{Rest}}, "drivers": {}, "files": { {{MainFile}} } }""", "'drivers' is no list, expected a list of one or more drivers" },
        { $$"""{ {{Rest}}, "drivers": [1], "files": { {{MainFile}} } }""", "'drivers[0]' is no object" },
        { $$"""{ {{Rest}}, "drivers": [{{Driver}}, {{Driver}}], "files": { {{MainFile}} } }""", "'drivers[1].name' is \"d\" for the second time" },
        { $$"""{ {{Rest}}, "toolkitVersion": "", "drivers": [{{Driver}}], "files": { {{MainFile}} } }""", "'toolkitVersion' is \"\", expected a version such as 0.1.0" },
        { With("name", "\"D\""), "'drivers[0].name' is \"D\", expected 1 to 32 of a-z 0-9 -, beginning with a letter" },
        { With("description", "\" \""), "'drivers[0].description' is \" \", expected one sentence" },
        { With("capabilities", "[\"fly\"]"),
            "'drivers[0].capabilities' has \"fly\", expected liveDevices, commands, firmware, pairing, actions" },
        { With("exclusiveSettings", "[1]"), "'drivers[0].exclusiveSettings' has 1, expected a list of names of channel settings" },
        { With("updateConcurrency", "0"), "'drivers[0].updateConcurrency' is 0, expected an integer, 1 or more" },
        { With("updateConcurrency", "1.5"), "'drivers[0].updateConcurrency' is 1.5, expected an integer, 1 or more" },
        { With("offersFirmware", "1"), "'drivers[0].offersFirmware' is 1, expected true or false" },
        { With("channel", "true"), "'drivers[0].channel' is no object, expected a JSON schema" },
        { With("point", Nested(65)), "'drivers[0].point' nests deeper than 64" },
        { With("more", "1"), "'drivers[0].more' is not known, expected name, description, capabilities, exclusiveSettings, "
            + "updateConcurrency, offersFirmware, channel, device, point" },
        { Files("y.dll"), "'files' does not list the main assembly x.dll" },
        { Files("x.dll", "a\\\\b"), "the file 'a\\b' has a backslash, expected '/'" },
        { Files("x.dll", "/etc/passwd"), "the file '/etc/passwd' does not begin in the plugin's folder" },
        { Files("x.dll", "C:/x"), "the file 'C:/x' has a colon or a control character" },
        { Files("x.dll", "a/../../b"), "the file 'a/../../b' leads elsewhere" },
        { Files("x.dll", "./b"), "the file './b' leads elsewhere" },
        { Files("x.dll", "a//b"), "the file 'a//b' has an empty part" },
        { Files("x.dll", "a/"), "the file 'a/' has an empty part" },
        { Files("x.dll", "a./b"), "the file 'a./b' has a part that ends with a dot or a blank" },
        { Files("x.dll", ""), "the file '' is no path of 1 to 240 characters" },
        { Files("x.dll", "Plugin.json"), "the file 'Plugin.json' is the manifest itself" },
        { Files("x.dll", "X.DLL"), "the file 'X.DLL' differs from another one only in case" },
        { $$"""{ {{Rest}}, "drivers": [{{Driver}}], "files": { {{MainFile}}, "y": "ABC" } }""", "the digest of 'y' is \"ABC\", expected 64 of 0-9 a-f" },
        { Files([.. Enumerable.Range(0, 4001).Select(i => $"{i}")]), "'files' lists 4001 files, the most allowed is 4000" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named(string json, string mistake)
    {
        var refusal = Assert.Throws<PluginRejectedException>(() => PluginManifestReader.Parse(Encoding.UTF8.GetBytes(json)));

        Assert.Equal($"its plugin.json is not usable: {mistake}", refusal.Reason);
    }

    [Fact]
    public void Many_mistakes_are_bounded()
    {
        var refusal = Assert.Throws<PluginRejectedException>(
            () => PluginManifestReader.Parse(Encoding.UTF8.GetBytes(Files(["x.dll", .. Enumerable.Range(0, 100).Select(i => $"/{i}")]))));

        Assert.EndsWith("'/19' does not begin in the plugin's folder; and 80 more", refusal.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "id": "x", "id": "y" }""")]
    [InlineData("{}x")]
    public void What_is_no_JSON_may_be_half_a_file(string json) =>
        Assert.True(Assert.Throws<PluginRejectedException>(() => PluginManifestReader.Parse(Encoding.UTF8.GetBytes(json))).MayBeIncomplete);

    [Theory]
    [InlineData("description")]
    [InlineData("channel")]
    [InlineData("capabilities")]
    [InlineData("digest")]
    [InlineData("name of a member")]
    public void Bytes_that_are_no_text_are_a_refusal_with_their_place(string where)
    {
        byte[] bytes = Replaced(Marked(where), 0xFF);
        var refusal = Assert.Throws<PluginRejectedException>(() => PluginManifestReader.Parse(bytes));
        Assert.StartsWith("its plugin.json is no UTF-8 text (line 1, column ", refusal.Reason, StringComparison.Ordinal);
        Assert.True(refusal.MayBeIncomplete);
    }

    [Theory]
    [InlineData("description")]
    [InlineData("channel")]
    [InlineData("capabilities")]
    [InlineData("digest")]
    [InlineData("name of a member")]
    public void Half_a_character_is_a_refusal_with_its_place(string where)
    {
        byte[] bytes = Encoding.UTF8.GetBytes("\n" + Marked(where).Replace("§", "\\ud800", StringComparison.Ordinal));
        var refusal = Assert.Throws<PluginRejectedException>(() => PluginManifestReader.Parse(bytes));
        Assert.StartsWith(
            "its plugin.json holds half a character, a lone \\ud800 to \\udfff (line 2, column ", refusal.Reason, StringComparison.Ordinal);
        Assert.False(refusal.MayBeIncomplete);
    }

    [Fact]
    public void A_byte_order_mark_is_no_mistake_and_a_part_of_what_is_sealed()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Files("x.dll"));
        byte[] marked = [0xEF, 0xBB, 0xBF, .. bytes];
        Assert.Equal("x", PluginManifestReader.Parse(marked).Id);
        Assert.NotEqual(PluginManifestReader.Parse(bytes).Digest, PluginManifestReader.Parse(marked).Digest, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e999999999")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890")]
    public void A_number_of_any_size_may_be_in_a_schema(string number)
    {
        var manifest = PluginManifestReader.Parse(Encoding.UTF8.GetBytes(
            Files("x.dll").Replace("\"channel\": {}", $"\"channel\": {{ \"minimum\": {number} }}", StringComparison.Ordinal)));
        Assert.Equal(number, manifest.Drivers[0].ChannelSchema["minimum"]?.ToJsonString());
        Assert.Throws<PluginRejectedException>(() => PluginManifestReader.Parse(Encoding.UTF8.GetBytes(
            Files("x.dll").Replace("\"updateConcurrency\": 1", $"\"updateConcurrency\": {number}", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_schema_may_be_64_deep() => PluginManifestReader.Parse(Encoding.UTF8.GetBytes(With("point", Nested(64))));

    /// <summary>A manifest with a § somewhere.</summary>
    private static string Marked(string where) => where switch
    {
        "description" => Files("x.dll").Replace("D.", "§", StringComparison.Ordinal),
        "channel" => Files("x.dll").Replace("\"channel\": {}", "\"channel\": { \"title\": \"§\" }", StringComparison.Ordinal),
        "capabilities" => Files("x.dll").Replace("[]", "[\"§\"]", StringComparison.Ordinal),
        "digest" => Files("x.dll").Replace(Digest, "§", StringComparison.Ordinal),
        _ => Files("x.dll").Replace("\"id\"", "\"§\": 1, \"id\"", StringComparison.Ordinal),
    };

    private static byte[] Replaced(string marked, byte with)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(marked);
        int at = bytes.AsSpan().IndexOf("§"u8);
        return [.. bytes[..at], with, .. bytes[(at + "§"u8.Length)..]];
    }

    private static JsonNode ObjectOf(JsonNode[] members) =>
        new JsonObject(members.Select((member, i) => new KeyValuePair<string, JsonNode?>($"m{i}", member.DeepClone())));

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);

    private static string With(string member, string value)
    {
        var driver = JsonNode.Parse(Driver)!.AsObject();   // ! it is an object
        driver[member] = JsonNode.Parse(value, documentOptions: new JsonDocumentOptions { MaxDepth = 100 });
        return $$"""{ {{Rest}}, "drivers": [{{driver.ToJsonString()}}], "files": { {{MainFile}} } }""";
    }

    private static string Files(params string[] paths) =>
        $$"""{ {{Rest}}, "drivers": [{{Driver}}], "files": { {{string.Join(", ", paths.Select(p => $"\"{p}\": \"{Digest}\""))}} } }""";
}
