using BridgeFramework.Processes;

namespace BridgeFramework.Gateway.Tests;

/// <summary>SIGHUP at a gateway in a process of its own.</summary>
public sealed class HangUpTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bridge-hangup-").FullName;
    private ChildProcess? _gateway;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_configuration_files_are_taken_over_with_a_terminal_and_without(bool hasTerminal)
    {
        if (OperatingSystem.IsWindows()) return; // it has no such signal
        using var terminal = hasTerminal ? new PseudoTerminal() : null;
        var gateway = await StartAsync(terminal);

        await ConfigureAsync("""{ "line1": { "driver": "nothere", "devices": [ { "id": "SUBPROD001/test1" } ] } }""");
        gateway.HangUp();
        await gateway.SaysAsync(Line("The configuration files are in force."), "that they are in force", Ct);
        string running = await ShowRunningAsync();
        Assert.Contains("\"line1\"", running, StringComparison.Ordinal);
        Assert.Contains("\"keepAlive\": \"100s\"", running, StringComparison.Ordinal); // of its own command line

        await ConfigureAsync("""{ "line1": { "drivr": "nothere" } }""");
        gateway.HangUp();
        await gateway.SaysAsync(Line("The configuration files are not applied, and nothing has changed."), "that they are not", Ct);

        Assert.Equal(ExitCode.Success, await gateway.StopAsync());
    }

    [Fact]
    public async Task The_end_of_its_terminal_ends_it()
    {
        if (OperatingSystem.IsWindows()) return; // likewise
        using var terminal = new PseudoTerminal();
        var gateway = await StartAsync(terminal);

        terminal.HangUp();

        Assert.Equal(ExitCode.Success, await gateway.EndAsync());
        Assert.Contains(gateway.LastWords, Line("The gateway has stopped"));
    }

    private static Predicate<string> Line(string part) => line => line.Contains(part, StringComparison.Ordinal);

    private async Task<ChildProcess> StartAsync(PseudoTerminal? terminal)
    {
        PrivateText.Write(
            Path.Combine(_folder, "device_info.json"),
            """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""");
        Directory.CreateDirectory(Path.Combine(_folder, "plugins"));
        await ConfigureAsync("{}");
        string bridge = Path.Combine(AppContext.BaseDirectory, "bridge.dll");
        string settings = Path.Combine(AppContext.BaseDirectory, "bridge.runtimeconfig.json");
        _gateway = ChildProcess.Start(
            "bridge",
            _folder,
            [
                "exec", "--runtimeconfig", settings, "--depsfile", Path.ChangeExtension(bridge, ".deps.json"), bridge,
                "run", "--verbose", "--config", _folder, "--set", "hub.keepAlive=100s",
            ],
            terminal: terminal);
        await _gateway.SaysAsync(Line("The gateway runs"), "that it runs", Ct);
        return _gateway;
    }

    private async Task<string> ShowRunningAsync()
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new();
        Assert.Equal(0, await BridgeCommand.RunAsync(["config", "show", "--running", "--config", _folder], output, error));
        return output.ToString();
    }

    /// <summary>No hub: none is needed.</summary>
    private Task ConfigureAsync(string channels) => File.WriteAllTextAsync(
        Path.Combine(_folder, "bridge.json"),
        $$"""{ "hub": { "host": "127.0.0.1", "port": 1, "tls": false }, "channels": {{channels}} }""",
        Ct);
}
