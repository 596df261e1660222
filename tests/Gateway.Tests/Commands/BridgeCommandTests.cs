using System.Text.Json.Nodes;
using BridgeFramework.Plugins;

namespace BridgeFramework.Gateway.Tests;

public sealed class BridgeCommandTests : IDisposable
{
    private const string Valid = """
        { "plugins": { "folder": "." },
          "channels": { "line1": { "driver": "modbus", "settings": {}, "devices": [ { "range": "1..4", "id": "P/m{n}", "secret": "s3cr3t",
            "points": { "x": { "at": {} }, "y": { "at": {} } } } ] } } }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("bridge-test-").FullName;

    public BridgeCommandTests() => PrivateText.Write(
        Path.Combine(_folder, "device_info.json"),
        """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Validate_says_what_a_valid_configuration_holds()
    {
        var (code, output, error) = await Run(Valid, "validate");

        Assert.Equal((0, "Configuration is valid: 1 channel, 4 sub-devices, 8 points.\n"), (code, output));
        Assert.Equal(
            "bridge.json:2:38: warning: channels.line1.driver: no plugin brings the driver \"modbus\", and the channel waits for it: "
                + "there are no drivers at all.\n1 warning\n",
            error);
    }

    /// <summary>Three hundred channels that wait for one plugin are one thing to do.</summary>
    [Fact]
    public async Task Warnings_of_one_kind_are_said_three_times_and_counted()
    {
        string channels = string.Join(", ", Enumerable.Range(1, 300).Select(n => $$""" "c{{n}}": { "driver": "modbus" } """));

        var (code, _, error) = await Run($$"""{ "plugins": { "folder": "." }, "channels": { {{channels}} } }""", "validate");

        string[] lines = error.Split('\n');
        Assert.Equal((0, 6), (code, lines.Length));
        Assert.Contains("channels.c3.driver: no plugin brings the driver \"modbus\"", lines[2], StringComparison.Ordinal);
        Assert.Equal("… and 297 more warnings of this kind, the last one at channels.c300.driver (bridge.json:1).", lines[3]);
        Assert.Equal("300 warnings", lines[4]);
    }

    [Fact]
    public async Task Validate_says_every_mistake_and_fails()
    {
        var (code, output, error) = await Run(
            """
            { "hub": { "port": 70000,
                       "prot": 1 }, "plugins": { "folder": "." },
              "channels": { "c": { "driver": "modbus" } } }
            """,
            "validate");

        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            """
            bridge.json:1:20: hub.port: 70000 is too large: expected 1 to 65535.
            bridge.json:2:12: hub.prot: this key is not known: did you mean 'port'?
            bridge.json:3:34: warning: channels.c.driver: no plugin brings the driver "modbus", and the channel waits for it: there are no drivers at all.
            2 mistakes, 1 warning

            """,
            error);
    }

    [Fact]
    public async Task A_plugin_that_cannot_be_loaded_is_named_and_harms_nothing_else()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "broken"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "broken", "broken.dll"), "no DLL", TestContext.Current.CancellationToken);

        var (code, output, error) = await Run(Valid, "validate");

        Assert.Equal(0, code);
        Assert.StartsWith("Plugin 'broken' was not loaded because ", error, StringComparison.Ordinal);
        Assert.StartsWith("Configuration is valid", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_goes_by_the_manifest_of_a_plugin_that_cannot_run_here()
    {
        string plugin = DropModbus();
        // The header of a Mach-O library for arm64.
        await File.WriteAllBytesAsync(
            Path.Combine(plugin, "libfoo.dylib"), [0xCF, 0xFA, 0xED, 0xFE, 0x0C, 0, 0, 1, .. new byte[64]],
                TestContext.Current.CancellationToken);
        PluginSeal.Renew(plugin);

        var (code, _, error) = await Run(
            """{ "plugins": { "folder": "." }, "channels": { "c": { "driver": "modbus", "settings": { "host": "h", "port": 70000 } } } }""", "validate");

        Assert.Equal(2, code);
        Assert.StartsWith(
            "Plugin 'modbus' was not loaded because its native library libfoo.dylib is for osx-arm64, ", error, StringComparison.Ordinal);
        Assert.EndsWith("bridge.json:1:109: channels.c.settings.port: 70000 is too large: expected 1 to 65535.\n1 mistake\n", error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_loads_no_plugin_that_is_not_trusted()
    {
        DropModbus();

        var (code, _, error) = await Run("""{ "plugins": { "folder": ".", "trust": "allow-list" }, "channels": {} }""", "validate");

        Assert.Equal(0, code);
        Assert.StartsWith("Plugin 'modbus' was not loaded because modbus 0.1.0 is not on the allow-list (plugins.allow): add \"", error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_says_that_there_is_no_plugin_folder()
    {
        var (code, _, error) = await Run("""{ "plugins": { "folder": "none" }, "channels": {} }""", "validate");

        Assert.Equal(0, code);
        Assert.StartsWith(
            $"The plugin folder {Path.Combine(_folder, "none")} does not exist: create it and drop plugins in, or set 'plugins.folder'.\n",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_says_that_the_plugin_folder_is_a_file()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "file"), "", TestContext.Current.CancellationToken);

        var (_, _, error) = await Run("""{ "plugins": { "folder": "file" }, "channels": {} }""", "validate");

        Assert.StartsWith($"The plugin folder {Path.Combine(_folder, "file")} is a file: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data/plugins", "data")]
    [InlineData("data/plugins/more", "data")]
    [InlineData("plugins", ".")]
    [InlineData("data/", "data")]
    public async Task A_plugin_folder_is_none_of_the_folders_that_the_gateway_tidies(string plugins, string data)
    {
        var (code, _, error) = await Run(
            $$"""{ "plugins": { "folder": "{{plugins}}" }, "data": { "folder": "{{data}}" }, "channels": {} }""", "validate");

        Assert.Equal(2, code);
        Assert.Contains("plugins.folder: ", error, StringComparison.Ordinal);
        Assert.Contains(" is where the gateway keeps files of its own", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data/pluginsx", "data")]
    [InlineData("plugins", "data")]
    [InlineData("data/dropped", "data")]
    public async Task Other_plugin_folders_are_taken(string plugins, string data)
    {
        var (code, _, error) = await Run(
            $$"""{ "plugins": { "folder": "{{plugins}}" }, "data": { "folder": "{{data}}" }, "channels": {} }""", "validate");

        Assert.True(code == 0, error);
    }

    [Fact]
    public async Task The_root_of_a_disk_is_no_data_folder()
    {
        var (code, _, error) = await Run("""{ "data": { "folder": "/" }, "channels": {} }""", "validate");

        Assert.Equal(2, code);
        Assert.Contains("data.folder: \"/\" is the root of a disk", error, StringComparison.Ordinal);
    }

    /// <summary>A gateway may be running on it.</summary>
    [Fact]
    public async Task Validate_loads_plugins_and_writes_nothing_where_the_gateway_keeps_its_data()
    {
        DropModbus();

        var (code, _, error) = await Run(
            """{ "plugins": { "folder": "." }, "channels": { "c": { "driver": "modbus", "settings": { "host": "h", "port": 70000 } } } }""",
            "validate");

        Assert.Equal(2, code);
        Assert.Equal("bridge.json:1:109: channels.c.settings.port: 70000 is too large: expected 1 to 65535.\n1 mistake\n", error);
        var left = Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(["bridge.json", "device_info.json", "modbus"], left, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Config_schema_tells_an_editor_of_the_drivers_and_needs_no_more_than_the_manifests()
    {
        foreach (string file in Directory.EnumerateFiles(DropModbus()))
            if (Path.GetFileName(file) is not "plugin.json") File.Delete(file);
        Directory.CreateDirectory(Path.Combine(_folder, "broken"));

        var (code, output, error) = await Run("""{ "plugins": { "folder": "." }, "nonsense": 1 }""", "config", "schema");

        Assert.Equal(0, code);
        var schema = JsonNode.Parse(output);
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema?["$schema"]?.GetValue<string>());
        Assert.Equal(65535, schema?["$defs"]?["driver.modbus.channel"]?["properties"]?["port"]?["maximum"]?.GetValue<int>());
        Assert.StartsWith("Plugin 'broken' was not loaded because its folder ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_show_prints_what_is_in_force_without_secrets()
    {
        var (code, output, error) = await Run(
            Valid, "config", "show", "--set", "hub.port=1884", "--set", "hub.tls=false", "--set", "hub.host=::1");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("\"port\": 1884", output, StringComparison.Ordinal);
        Assert.Contains("\"secret\": \"***\"", output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_show_expanded_prints_every_sub_device_with_origins()
    {
        var (code, output, _) = await Run(Valid, "config", "show", "--expanded", "--set", "hub.port=1884");

        Assert.Equal(0, code);
        Assert.Contains("\"port\": 1884,   // command line --set hub.port\n", output, StringComparison.Ordinal);
        Assert.Contains("\"id\": \"P/m4\",   // bridge.json:2 (n=4)\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_runs_while_the_configuration_has_mistakes()
    {
        var (code, output, error) = await Run("{ \"hub\": 1 }", "run");

        Assert.Equal((2, ""), (code, output));
        Assert.Equal("bridge.json:1:10: hub: 1 is a number: expected an object in braces.\n1 mistake\n", error);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("validate --nonsense")]
    [InlineData("")]
    public async Task A_command_line_that_is_not_understood_is_a_mistake(string line)
    {
        using StringWriter output = new(), error = new();

        Assert.Equal(2, await BridgeCommand.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error));
        Assert.NotEmpty(error.ToString());
    }

    [Theory]
    [InlineData("--help", "validate")]
    [InlineData("--version", "0.1.0")]
    [InlineData("config show --help", "--expanded")]
    public async Task Help_and_version_are_no_mistakes(string line, string expected)
    {
        using StringWriter output = new(), error = new();

        Assert.Equal(0, await BridgeCommand.RunAsync(line.Split(' '), output, error));
        Assert.Contains(expected, output.ToString(), StringComparison.Ordinal);
    }

    private string DropModbus() => BuildOutput.Drop("modbus", _folder);

    private async Task<(int Code, string Output, string Error)> Run(string json, params string[] line)
    {
        PrivateText.Write(Path.Combine(_folder, "bridge.json"), json);
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = await BridgeCommand.RunAsync([.. line, "--config", _folder], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
