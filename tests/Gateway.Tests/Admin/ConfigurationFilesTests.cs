using System.Text.Json;

namespace BridgeFramework.Gateway.Tests;

/// <summary>What an operator hears of configuration files that are not what runs.</summary>
public sealed class ConfigurationFilesTests
{
    private const string One = """{ "line1": { "driver": "nothere", "devices": [ { "id": "SUBPROD001/test1" } ] } }""";
    private const string Broken = """{ "line1": { "drivr": "nothere" } }""";

    [Fact]
    public async Task Files_that_differ_are_said_and_are_no_trouble()
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();
        Assert.False((await bench.BridgeJsonAsync("status")).TryGetProperty("configuration", out _));
        await bench.ConfigureAsync("{}", """ "firmware": { "downloads": 1 } """);

        var status = await bench.BridgeAsync("status");

        Assert.Equal(0, status.Code);
        Assert.Matches(
            "(?m)^config +The configuration files differ from what runs: 'bridge config apply --dry-run' shows how", status.Output);
        Assert.Equal("different", await StateAsync(bench));
    }

    [Fact]
    public async Task Files_with_mistakes_degrade_the_gateway_until_they_are_mended()
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();
        string good = await File.ReadAllTextAsync(Path.Combine(bench.Folder, "bridge.json"), TestContext.Current.CancellationToken);
        await bench.ConfigureAsync(Broken);

        var status = await bench.BridgeAsync("status");

        Assert.Equal(1, status.Code);
        Assert.Matches("(?m)^config +! The configuration files have mistakes: 'bridge validate' shows all. .*drivr", status.Output);
        Assert.Equal("invalid", await StateAsync(bench));
        await File.WriteAllTextAsync(Path.Combine(bench.Folder, "bridge.json"), good, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await bench.BridgeAsync("status")).Code);
    }

    [Fact]
    public async Task A_gateway_that_starts_on_the_last_good_files_says_so_loudly_and_a_strict_one_does_not_start()
    {
        await using var bench = await GatewayBench.CreateAsync(One);
        await bench.StartAsync();
        await bench.StopAsync();
        await bench.ConfigureAsync(Broken);
        string mistakes = (await bench.BridgeAsync("validate")).Error;

        Assert.Equal((2, mistakes), await bench.RunAnotherAsync(isStrict: true));
        await bench.StartAsync();

        var status = await bench.BridgeAsync("status");
        Assert.Contains(mistakes.Split('\n')[0], bench.Warnings, StringComparison.Ordinal);
        Assert.Contains(
            "THE CONFIGURATION HAS MISTAKES, and the gateway runs the last good files", bench.Warnings, StringComparison.Ordinal);
        Assert.Matches("(?m)^config +! The gateway runs the last good files, kept ", status.Output);
        Assert.Contains("SUBPROD001/test1", status.Output, StringComparison.Ordinal);
        Assert.Equal("invalid", await StateAsync(bench));
        var shown = await bench.BridgeAsync("config show --running");
        Assert.StartsWith("// What GWPROD0001/test01 runs: the last good files, kept ", shown.Output, StringComparison.Ordinal);
        // They are mended, and it still runs the others.
        await bench.ConfigureAsync("{}");
        Assert.Matches("(?m)^config +! The gateway runs the last good files", (await bench.BridgeAsync("status")).Output);
        Assert.Equal(0, (await bench.BridgeAsync("config apply --yes")).Code);
        Assert.False((await bench.BridgeJsonAsync("status")).TryGetProperty("configuration", out _));
    }

    [Fact]
    public async Task A_first_start_on_files_with_mistakes_is_none()
    {
        await using var bench = await GatewayBench.CreateAsync(Broken);

        var (code, error) = await bench.RunAnotherAsync();

        Assert.Equal((2, (await bench.BridgeAsync("validate")).Error), (code, error));
    }

    [Fact]
    public async Task Config_show_says_which_of_the_two_it_prints()
    {
        await using var bench = await GatewayBench.CreateAsync(One);
        await bench.StartAsync();
        var files = await bench.BridgeAsync("config show");
        var running = await bench.BridgeAsync("config show --running");

        Assert.DoesNotContain("differ", files.Error, StringComparison.Ordinal);
        Assert.StartsWith("// What the configuration files say. ", files.Output, StringComparison.Ordinal);
        Assert.StartsWith("// What GWPROD0001/test01 runs.\n", running.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (running.Code, running.Error));
        Assert.Equal(WithoutFirstLine(files.Output), WithoutFirstLine(running.Output));
        using (JsonDocument.Parse(running.Output, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip }))
        {
            // It can be loaded again.
        }

        await bench.ConfigureAsync("{}", """ "firmware": { "downloads": 1 } """);
        files = await bench.BridgeAsync("config show --expanded");
        Assert.Equal(0, files.Code);
        Assert.Contains("The configuration files differ from what runs", files.Error, StringComparison.Ordinal);
        running = await bench.BridgeAsync("config show --running --expanded");
        Assert.Contains("\"SUBPROD001/test1\"", running.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\"SUBPROD001/test1\"", files.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_runs_is_shown_without_its_secrets()
    {
        await using var bench = await GatewayBench.CreateAsync($$"""
            { "line1": { "driver": "nothere", "devices": [ { "id": "SUBPROD001/test1", "secret": "{{GatewayBench.Secret}}" } ] } }
            """);
        await bench.StartAsync();

        var shown = await bench.BridgeAsync("config show --running");

        Assert.Contains("\"secret\": \"***\"", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(GatewayBench.Secret, shown.Output, StringComparison.Ordinal);
    }

    private static string WithoutFirstLine(string text) => text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];

    private static async Task<string?> StateAsync(GatewayBench bench) =>
        (await bench.BridgeJsonAsync("status")).GetProperty("configuration").GetProperty("state").GetString();
}
