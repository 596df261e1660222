namespace BridgeFramework.Gateway.Tests;

/// <summary>What `validate` calls valid, `run` starts with: both go by one list.</summary>
public sealed class ValidateAndRunTests : IDisposable
{
    private const string Identity =
        """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""";

    private readonly string _folder = Directory.CreateTempSubdirectory("bridge-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("garbage", "{}", "device_info.json:1:1: not valid JSON: ")]
    [InlineData("", "{}", "device_info.json: the file is empty")]
    [InlineData("{}", "{}", "device_info.json:1:1: productId: is missing")]
    [InlineData(
        """{ "productId": "YOUR_PRODUCT_ID", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""",
        "{}", "device_info.json:1:16: productId: still the placeholder 'YOUR_PRODUCT_ID'")]
    [InlineData(
        """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "no base64!" } }""",
        "{}", "device_info.json:1:90: key_deviceinfo.deviceSecret: a device secret is base64 text")]
    [InlineData(Identity, """{ "caFile": "device_info.json" }""", "bridge.json:1:22: hub.caFile: ")]
    public async Task Both_say_the_same_of_a_gateway_that_cannot_be_identified(string deviceInfo, string hub, string expected)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "device_info.json"), deviceInfo, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "bridge.json"), $$"""{ "hub": {{hub}}, "plugins": { "folder": "." } }""",
            TestContext.Current.CancellationToken);

        var validated = await Bridge("validate");
        Assert.Equal((2, ""), (validated.Code, validated.Output));
        Assert.StartsWith(expected, validated.Error, StringComparison.Ordinal);
        Assert.Equal(validated, await Bridge("run"));
    }

    [Theory]
    [InlineData("plugin", "verify", ".")]
    [InlineData("plugin", "install", ".")]
    [InlineData("validate")]
    public async Task A_command_that_finds_no_temporary_folder_says_what_to_set(params string[] command)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "device_info.json"), Identity, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "bridge.json"), """{ "plugins": { "folder": "." } }""", TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["TMPDIR"] = Path.Combine(_folder, "gone") };

        var (code, said) = await AsBridge.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "bridge.dll"), [.. command, "--config", _folder], environment);

        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("set TMPDIR to another folder", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("install")]
    [InlineData("validate")]
    public async Task A_command_removes_what_one_that_was_killed_has_left_in_the_temporary_folder(string command)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "bridge.json"), """{ "plugins": { "folder": "plugins" } }""", TestContext.Current.CancellationToken);
        string temporary = Directory.CreateDirectory(Path.Combine(_folder, "tmp")).FullName;
        string left = Path.Combine(temporary, $"bridge-{command}-00112233445566778899aabbccddeeff");
        Directory.CreateDirectory(Path.Combine(left, "plugins"));
        await File.WriteAllTextAsync($"{left}.lock", "", TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["TMPDIR"] = temporary };
        string[] line = command is "validate" ? [command] : ["plugin", command, _folder];

        await AsBridge.RunAsync(Path.Combine(AppContext.BaseDirectory, "bridge.dll"), [.. line, "--config", _folder], environment);

        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary));
    }

    private async Task<(int Code, string Output, string Error)> Bridge(string command)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = await BridgeCommand.RunAsync([command, "--config", _folder], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
