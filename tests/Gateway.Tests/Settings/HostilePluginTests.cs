using System.Globalization;
using System.Text.Json;
using BridgeFramework.Plugins;
using BridgeFramework.Processes;
using BridgeFramework.Testing;

namespace BridgeFramework.Gateway.Tests;

/// <summary>What a plugin can do to the process, in a gateway in a process of its own with the settings that it ships with.</summary>
public sealed class HostilePluginTests : IAsyncDisposable
{
    private const string Culprit = "shape";
    private const string Neighbour = "sphere";
    private const int PollsPerSecond = 10;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    private readonly string _folder = Directory.CreateTempSubdirectory("blocked-pool-").FullName;
    private readonly List<ChildProcess> _running = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("blocks 64 threads")]
    [InlineData("lowers the pool")]
    public async Task Threads_are_added_until_the_neighbours_poll_as_before_and_the_culprit_is_named(string behaviour)
    {
        await PrepareAsync(behaviour);
        var gateway = Start();
        await gateway.SaysAsync(Line("Blocks"), "that it blocks", Ct);
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Ct);

        long before = await NeighbourReportedAsync();
        long began = TimeProvider.System.GetTimestamp();
        await Task.Delay(Window, TimeProvider.System, Ct);
        long polls = await NeighbourReportedAsync() - before;
        double expected = TimeProvider.System.GetElapsedTime(began).TotalSeconds * PollsPerSecond;

        // All of them, but for what a busy machine is late with.
        Assert.True(polls >= expected * 0.8, string.Create(CultureInfo.InvariantCulture, $"{polls} polls, expected {expected:0}."));
        if (behaviour == "lowers the pool") return;
        var status = await BridgeAsync("status --json");
        string problem = JsonElement.Parse(status).GetProperty("threadProblem").GetString() ?? "";
        Assert.Contains("plugin shape has", problem, StringComparison.Ordinal);
        Assert.Contains("channel line1", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_in_which_nothing_moves_any_more_ends_says_why_and_leaves_the_culprit_out_at_the_next_start()
    {
        await PrepareAsync("blocks 2000 threads");
        var first = Start(deadlySeconds: 5);
        var (exitCode, _) = await first.ResultAsync(Ct).OrFail("the gateway ends itself");
        Assert.Equal(ExitCode.Stuck, exitCode);
        Assert.Contains(
            first.LastWords,
            line => line.StartsWith("No work of the gateway has found a thread for 5 s", StringComparison.Ordinal)
                && line.Contains("plugin shape has", StringComparison.Ordinal));

        var second = Start(deadlySeconds: 5);
        await second.SaysAsync(Line("Plugin shape 1.0.0, whose doing it was, is left out"), "that the culprit is left out", Ct);
        await second.SaysAsync(Line("Channel line2 is serving"), "that the neighbour serves", Ct);
        string plugins = await BridgeAsync("plugin list");
        Assert.Contains("in quarantine", plugins, StringComparison.Ordinal);
        Assert.Equal(0, await second.StopAsync());
    }

    [Fact]
    public async Task An_end_that_nobody_asked_for_is_no_success_and_the_next_start_tells_of_it()
    {
        await PrepareAsync("exits");
        var first = Start();
        var (exitCode, _) = await first.ResultAsync(Ct).OrFail("the gateway ends");
        Assert.Equal(ExitCode.Ended, exitCode);
        const string Said = "The process was ended from within (Environment.Exit), by one of the plugins shape, sphere.";
        Assert.Contains(Said, first.LastWords, StringComparer.Ordinal);

        await Start().SaysAsync(Line(Said), "how the one before has ended", Ct);
    }

    [Fact]
    public async Task A_plugin_that_ends_the_process_and_is_the_only_one_is_left_out_at_the_next_start()
    {
        await PrepareAsync("exits");
        Directory.Delete(Path.Combine(_folder, "plugins", Neighbour), recursive: true);
        var first = Start();
        var (exitCode, _) = await first.ResultAsync(Ct).OrFail("the gateway ends");
        Assert.Equal(ExitCode.Ended, exitCode);
        Assert.Contains("Plugin shape has ended the process (Environment.Exit).", first.LastWords, StringComparer.Ordinal);

        var second = Start();
        await second.SaysAsync(Line("Plugin shape 1.0.0, whose doing it was, is left out"), "that the culprit is left out", Ct);
        await second.SaysAsync(Line("Channel line1 waits"), "that its channel waits", Ct);
        Assert.Equal(ExitCode.Success, await second.StopAsync());
    }

    [Fact]
    public async Task A_plugin_that_kills_the_process_without_a_word_is_found_and_its_neighbour_serves()
    {
        await PrepareAsync("fails fast later", provenAfter: "3s");
        await DiesAsync(); // both are suspects
        await DiesAsync(); // the culprit alone
        var third = Start();
        await third.SaysAsync(Line("Left out until it is known which it was: shape 1.0.0, sphere 1.0.0"), "that both are left out", Ct);
        await third.SaysAsync(Line("these plugins come back: sphere 1.0.0"), "that the neighbour comes back first", Ct);
        await third.SaysAsync(Line("Channel line2 is serving"), "that it serves", Ct);
        Assert.NotEqual(ExitCode.Success, (await third.ResultAsync(Ct).OrFail("it dies when the culprit comes back")).ExitCode);

        var fourth = Start();
        await fourth.SaysAsync(Line("Plugin shape 1.0.0 is found to end the gateway"), "that it is found", Ct);
        await fourth.SaysAsync(Line("Channel line2 is serving"), "that the neighbour serves", Ct);
        string[] plugins = (await BridgeAsync("plugin list")).Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("is in quarantine since", string.Join(' ', plugins), StringComparison.Ordinal);
        Assert.Contains("'bridge plugin reload shape'", string.Join(' ', plugins), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await fourth.StopAsync());

        async Task DiesAsync() =>
            Assert.NotEqual(ExitCode.Success, (await Start().ResultAsync(Ct).OrFail("the gateway dies")).ExitCode);
    }

    [Fact]
    public async Task A_thread_that_a_plugin_begins_when_it_is_configured_and_that_throws_later_ends_nothing()
    {
        await PrepareAsync("a thread throws later");
        var gateway = Start();
        await gateway.SaysAsync(Line("Plugin shape threw on a thread of its own: nobody catches this"), "whose exception it was", Ct);
        Assert.Equal(ExitCode.Success, await gateway.StopAsync());
    }

    [Fact]
    public async Task A_plugin_that_wants_the_exceptions_of_the_process_harms_only_itself()
    {
        await PrepareAsync("handles exceptions");
        var gateway = Start();
        await gateway.SaysAsync(Line("Channel line2 is serving"), "that the neighbour serves", Ct);
        Assert.Contains("InvalidOperationException", await BridgeAsync("plugin list"), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await gateway.StopAsync());
    }

    [Theory]
    [InlineData("hangs when stopped", "did not end within 10 s of being told to")]
    [InlineData("keeps a thread", "The gateway has stopped")]
    public async Task A_stop_gives_a_driver_its_10_s_and_waits_for_nothing_else_of_it(string behaviour, string said)
    {
        await PrepareAsync(behaviour);
        var gateway = Start();
        await gateway.SaysAsync(Line("Channel line1 is serving"), "that it serves", Ct);

        Assert.Equal(ExitCode.Success, await gateway.StopAsync());
        Assert.Contains(gateway.LastWords, Line(said));
    }

    [Fact]
    public async Task The_end_of_the_terminal_is_an_orderly_stop()
    {
        await PrepareAsync("");
        using var terminal = new PseudoTerminal();
        var gateway = Start(terminal: terminal);
        await gateway.SaysAsync(Line("Channel line1 is serving"), "that it serves", Ct);

        terminal.HangUp();

        Assert.Equal(ExitCode.Success, await gateway.EndAsync());
        Assert.Contains(gateway.LastWords, Line("The gateway has stopped"));
    }

    [Fact]
    public async Task The_end_of_the_terminal_has_a_limit_too_where_nothing_of_the_gateway_moves()
    {
        await PrepareAsync("blocks when stopped");
        using var terminal = new PseudoTerminal();
        var gateway = Start(terminal: terminal);
        await gateway.SaysAsync(Line("Channel line1 is serving"), "that it serves", Ct);

        terminal.HangUp();

        Assert.Equal(ExitCode.HungUp, await gateway.EndAsync(TimeSpan.FromSeconds(45)));
    }

    [Fact]
    public async Task A_stop_during_a_trial_is_no_verdict_however_long_the_new_version_takes_for_it()
    {
        await PrepareAsync("");
        var gateway = Start();
        await gateway.SaysAsync(Line("Channel line1 is serving"), "that it serves", Ct);
        string newer = Make(Path.Combine(_folder, "newer"), "hangs when stopped", "2.0.0");
        Directory.Delete(Path.Combine(_folder, "plugins", Culprit), recursive: true);
        Directory.Move(newer, Path.Combine(_folder, "plugins", Culprit));
        await gateway.SaysAsync(Line("Plugin shape 2.0.0 takes over from 1.0.0"), "that it is on trial", Ct);
        await gateway.SaysAsync(Line("Channel line1 is serving"), "that the new one serves", Ct);
        Assert.Equal(ExitCode.Success, await gateway.StopAsync());

        var next = Start();
        await next.SaysAsync(Line("Plugin shape 2.0.0 takes over from 1.0.0"), "that the trial begins anew", Ct);
        Assert.Equal(ExitCode.Success, await next.StopAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _running) await gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static Predicate<string> Line(string part) => line => line.Contains(part, StringComparison.Ordinal);

    private ChildProcess Start(int? deadlySeconds = null, PseudoTerminal? terminal = null)
    {
        string settings = Path.Combine(AppContext.BaseDirectory, "bridge.runtimeconfig.json");
        if (deadlySeconds is { } seconds)
        {
            string impatient = File.ReadAllText(settings).Replace(
                "\"configProperties\": {",
                string.Create(CultureInfo.InvariantCulture, $"\"configProperties\": {{ \"BridgeFramework.Pool.DeadlySeconds\": {seconds},"),
                StringComparison.Ordinal);
            File.WriteAllText(settings = Path.Combine(_folder, "bridge.runtimeconfig.json"), impatient);
        }

        string bridge = Path.Combine(AppContext.BaseDirectory, "bridge.dll");
        string dependencies = Path.ChangeExtension(bridge, ".deps.json");
        var gateway = ChildProcess.Start(
            "bridge", _folder, ["exec", "--runtimeconfig", settings, "--depsfile", dependencies, bridge, "run", "--config", _folder],
            terminal: terminal);
        _running.Add(gateway);
        return gateway;
    }

    private async Task PrepareAsync(string behaviour, string provenAfter = "10m")
    {
        string plugins = Path.Combine(_folder, "plugins");
        Make(plugins, behaviour, "1.0.0");

        string neighbour = Path.Combine(plugins, Neighbour);
        Directory.Move(BuildOutput.DropFixture("shape", Path.Combine(_folder, "made")), neighbour);
        await File.WriteAllTextAsync(Path.Combine(neighbour, "behaviour"), "another driver", Ct);
        string manifest = Path.Combine(neighbour, PluginManifest.FileName);
        string built = await File.ReadAllTextAsync(manifest, Ct);
        await File.WriteAllTextAsync(manifest, built.Replace("\"shape\"", $"\"{Neighbour}\"", StringComparison.Ordinal), Ct);
        PluginSeal.Renew(neighbour);

        await File.WriteAllTextAsync(
            Path.Combine(_folder, "device_info.json"),
            """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""", Ct);
        // No hub: what is reported waits.
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "bridge.json"),
            $$"""
            { "hub": { "host": "127.0.0.1", "port": 1, "tls": false },
              "plugins": { "provenAfter": "{{provenAfter}}" },
              "channels": { "line1": {{Channel(Culprit, "culprit")}}, "line2": {{Channel(Neighbour, "neighbour")}} } }
            """,
            Ct);
    }

    private static string Make(string folder, string behaviour, string version)
    {
        string plugin = BuildOutput.DropFixture("shape", folder);
        File.WriteAllText(Path.Combine(plugin, "behaviour"), behaviour);
        string manifest = Path.Combine(plugin, PluginManifest.FileName);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(
            "\"version\": \"1.0.0\"", $"\"version\": \"{version}\"", StringComparison.Ordinal));
        PluginSeal.Renew(plugin);
        return plugin;
    }

    private static string Channel(string driver, string device) =>
        $$"""
        { "driver": "{{driver}}", "settings": {}, "devices": [
            { "id": "SUBPROD001/{{device}}", "points": { "a": { "at": {} } } } ] }
        """;

    private async Task<long> NeighbourReportedAsync()
    {
        var ledger = JsonElement.Parse(await BridgeAsync("ledger --json"));
        using var devices = ledger.GetProperty("devices").EnumerateArray();
        return devices.Single(device => device.GetProperty("id").GetString() == "SUBPROD001/neighbour")
            .GetProperty("reported").GetInt64();
    }

    private async Task<string> BridgeAsync(string line)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        await BridgeCommand.RunAsync([.. line.Split(' '), "--config", _folder], output, error);
        return output.ToString() is { Length: > 0 } said ? said : error.ToString();
    }
}
