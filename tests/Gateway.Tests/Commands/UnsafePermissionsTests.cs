namespace BridgeFramework.Gateway.Tests;

/// <summary>Nothing starts on what other users can change, and `validate` says so before.</summary>
public sealed class UnsafePermissionsTests : IDisposable
{
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF; // 0777
    private const string Identity =
        """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""";

    private readonly string _folder = Directory.CreateTempSubdirectory("bridge-test-").FullName;

    public UnsafePermissionsTests()
    {
        PrivateText.Write(In("device_info.json"), Identity);
        PrivateText.Write(In("bridge.json"), "{}");
        Directory.CreateDirectory(In("plugins"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bridge.json", "chmod o-w")]
    [InlineData("device_info.json", "chmod o-w")]
    [InlineData("data", "chmod -R o-w")]
    [InlineData("plugins", "chmod -R o-w")]
    public async Task Validate_and_run_refuse_it_in_the_same_words_and_run_leaves_nothing(string name, string command)
    {
        if (!OperatingSystem.IsLinux()) return;
        if (name is "data") Directory.CreateDirectory(In(name));
        string[] before = Directory.GetFileSystemEntries(_folder, "*", SearchOption.AllDirectories);
        File.SetUnixFileMode(In(name), Everybody);

        var (code, output, error) = await BridgeAsync("validate");

        Assert.Equal((2, ""), (code, output));
        Assert.Contains($" '{In(name)}' (owner ", error, StringComparison.Ordinal);
        Assert.Contains($", mode 0777): {command} {In(name)}.\n", error, StringComparison.Ordinal);
        Assert.Equal((code, output, error), await BridgeAsync("run"));
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Validate_loads_nothing_from_a_folder_that_others_can_put_plugins_into()
    {
        if (!OperatingSystem.IsLinux()) return;
        BuildOutput.Drop("modbus", In("plugins"));
        File.SetUnixFileMode(In("plugins"), Everybody);
        PrivateText.Write(
            In("bridge.json"), """{ "channels": { "c": { "driver": "modbus", "settings": { "host": "h", "port": 70000 } } } }""");

        var (code, _, error) = await BridgeAsync("validate");

        Assert.Equal(2, code);
        Assert.Contains("chmod -R o-w", error, StringComparison.Ordinal);
        Assert.Contains("70000 is too large", error, StringComparison.Ordinal); // by the schema of its manifest
        Assert.DoesNotContain("was not loaded", error, StringComparison.Ordinal); // said once, of the folder
    }

    [Fact]
    public async Task Validate_says_of_a_plugin_in_the_folder_that_others_can_change_it()
    {
        if (!OperatingSystem.IsLinux()) return;
        BuildOutput.Drop("modbus", In("plugins"));
        string plugin = Path.Combine(In("plugins"), "modbus");
        File.SetUnixFileMode(Path.Combine(plugin, "plugin.json"), (UnixFileMode)0x1B6); // 0666

        var (_, _, error) = await BridgeAsync("validate");
        Assert.StartsWith(
            $"Plugin 'modbus' was not loaded because everybody can write to the file '{plugin}/plugin.json' (owner ", error,
            StringComparison.Ordinal);
        Assert.Contains($", mode 0666): chmod -R o-w {plugin}.\n", error, StringComparison.Ordinal);

        var (code, output, warning) = await BridgeAsync("validate", "--allow-unsafe-permissions");
        Assert.Equal(0, code);
        Assert.StartsWith("Configuration is valid", output, StringComparison.Ordinal);
        Assert.Contains("Plugin 'modbus' may not be what it was: everybody can write to", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_lifts_it_to_a_warning_and_no_setting_does()
    {
        if (!OperatingSystem.IsLinux()) return;
        File.SetUnixFileMode(In("plugins"), Everybody);

        var (code, _, error) = await BridgeAsync("validate", "--allow-unsafe-permissions");
        Assert.Equal(0, code);
        Assert.Contains("warning: plugins.folder: everybody can write to", error, StringComparison.Ordinal);

        PrivateText.Write(In("bridge.json"), """{ "allowUnsafePermissions": true, "plugins": { "allowUnsafePermissions": true } }""");
        Assert.Equal(2, (await BridgeAsync("validate")).Code);
    }

    [Fact]
    public async Task Nothing_is_installed_where_others_can_change_it()
    {
        if (!OperatingSystem.IsLinux()) return;
        string plugin = BuildOutput.Drop("modbus", Directory.CreateDirectory(In("built")).FullName);
        File.SetUnixFileMode(In("plugins"), Everybody);

        var (code, _, error) = await BridgeAsync("plugin", "install", plugin);

        Assert.Equal(2, code);
        Assert.StartsWith($"{plugin} was not installed because everybody can write to the folder", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(In("plugins")));

        Assert.Equal(0, (await BridgeAsync("plugin", "install", plugin, "--allow-unsafe-permissions")).Code);
        Assert.True(Directory.Exists(Path.Combine(In("plugins"), "modbus")));
    }

    [Fact]
    public async Task Verify_says_of_a_plugin_in_the_plugin_folder_what_the_gateway_would_say_and_of_another_nothing()
    {
        if (!OperatingSystem.IsLinux()) return;
        string dropped = BuildOutput.Drop("modbus", In("plugins"));
        string built = BuildOutput.Drop("modbus", Directory.CreateDirectory(In("built")).FullName);
        foreach (string plugin in new[] { dropped, built }) File.SetUnixFileMode(plugin, Everybody);

        var (code, _, error) = await BridgeAsync("plugin", "verify", dropped + "/");

        Assert.Equal(2, code);
        Assert.Contains("cannot be loaded because everybody can write to the folder", error, StringComparison.Ordinal);
        Assert.Equal(0, (await BridgeAsync("plugin", "verify", built)).Code);
        Assert.Equal(0, (await BridgeAsync("plugin", "verify", dropped, "--allow-unsafe-permissions")).Code);
    }

    [Fact]
    public async Task A_configuration_that_others_can_change_can_be_shown()
    {
        if (!OperatingSystem.IsLinux()) return;
        File.SetUnixFileMode(In("bridge.json"), Everybody);

        var (code, output, error) = await BridgeAsync("config", "show");

        Assert.Equal(0, code);
        Assert.Matches(@"^//.+\n\{\n", output);
        Assert.StartsWith("bridge.json: warning: everybody can write to the file", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_hub_on_loopback_the_gateway_runs_and_says_what_others_can_change()
    {
        if (!OperatingSystem.IsLinux()) return;
        await using var bench = await GatewayBench.CreateAsync();
        string plugins = Path.Combine(bench.Folder, "plugins");
        File.SetUnixFileMode(plugins, Everybody);

        await bench.StartAsync();

        Assert.Equal(0, (await bench.BridgeAsync("status")).Code);
        Assert.Contains($"'{plugins}' (owner ", bench.Warnings, StringComparison.Ordinal);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private async Task<(int Code, string Output, string Error)> BridgeAsync(params string[] line)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = await BridgeCommand.RunAsync([.. line, "--config", _folder], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
