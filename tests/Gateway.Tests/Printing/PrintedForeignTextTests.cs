using System.Text.Json;

namespace BridgeFramework.Gateway.Tests;

/// <summary>What commands print of texts that others wrote.</summary>
public sealed class PrintedForeignTextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bridge-test-").FullName;

    public PrintedForeignTextTests() => File.WriteAllText(
        Path.Combine(_folder, "device_info.json"),
        """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_text_from_the_file_cannot_steer_the_terminal()
    {
        var (_, _, error) = await Run("""{ "a\u001b[2J\u0007": 1 }""", "run");

        Assert.DoesNotContain('\u001b', error);
        Assert.Contains("a?[2J?", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("plugin verify hostile")]
    [InlineData("plugin install hostile")]
    [InlineData("plugin verify hostile\u009b2J")]
    [InlineData("no\u001b[2Jcommand")]
    public async Task A_text_from_a_plugin_or_from_the_command_line_neither_steers_the_terminal_nor_begins_a_line(string line)
    {
        string hostile = Directory.CreateDirectory(Path.Combine(_folder, "hostile")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(hostile, "plugin.json"),
            """{ "id": "a\u001b[2J\u009b\u202e\nplugin good is loaded" }""",
            TestContext.Current.CancellationToken);

        var (code, output, error) = await Run(
            """{ "plugins": { "folder": "." } }""", line.Replace("hostile", hostile, StringComparison.Ordinal).Split(' '));

        Assert.True(code != 0 || line == "validate", "It is refused.");
        Assert.NotEmpty(error);
        Assert.DoesNotContain(output + error, c => c is '\u001b' or '\u009b' or '\u202e');
        Assert.DoesNotContain("\nplugin good", error, StringComparison.Ordinal);
    }

    /// <summary>Values are printed as they are: what would steer the terminal is escaped.</summary>
    [Fact]
    public async Task Json_that_is_printed_steers_nothing_and_means_the_same()
    {
        var (code, output, _) = await Run(
            """{ "plugins": { "folder": "." }, "channels": { "a": { "driver": "x", "settings": { "note": "x\u202e\u009b" } } } }""",
            "config", "show");

        Assert.Equal(0, code);
        Assert.DoesNotContain(output, c => c is '\u202e' or '\u009b');
        Assert.Contains(@"""x\u202E\u009B""", output, StringComparison.Ordinal);
    }

    /// <summary>Nothing that is dropped is passed over without a word.</summary>
    [Fact]
    public async Task A_name_that_no_plugin_can_have_is_said()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "mod\u001b[31mbus"));

        var (_, _, error) = await Run("""{ "plugins": { "folder": "." } }""", "validate");

        Assert.Contains("holds 'mod?[31mbus', a name with a control character", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plugin verify nothing --json", 2, "rejected")]
    [InlineData("plugin install nothing --json", 2, "rejected")]
    public async Task What_a_command_has_to_say_is_json_where_that_is_asked_for(string line, int code, string error)
    {
        var told = await Run("""{ "plugins": { "folder": "." } }""", line.Split(' '));

        Assert.Equal((code, ""), (told.Code, told.Error));
        Assert.Equal(error, JsonElement.Parse(told.Output).GetProperty("error").GetString());
    }

    private async Task<(int Code, string Output, string Error)> Run(string json, params string[] line)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "bridge.json"), json, TestContext.Current.CancellationToken);
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = await BridgeCommand.RunAsync([.. line, "--config", _folder], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
