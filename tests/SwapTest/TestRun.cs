using System.Globalization;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>What all runs have in common: a hub, a gateway that comes and goes, the numbers that arrive, and what is wrong.</summary>
internal sealed class TestRun : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly HubProcess _hubProcess;
    private readonly HubConsole _hub;
    private readonly UplinkFollower _follower;
    private readonly List<string> _faults = [];

    private TestRun(SwapTestOptions options, SwapScene scene, HubProcess hub, TextWriter output)
    {
        (Options, Scene, _hubProcess, Output) = (options, scene, hub, output);
        Random = new Random(options.Seed);
        Arrival = new Arrival(scene, options.Bridge, Time);
        _hub = new HubConsole(hub.Console, WorkFolder.Gateway);
        _follower = new UplinkFollower(_hub, Numbers.Add);
    }

    public SwapTestOptions Options { get; }

    public SwapScene Scene { get; }

    public TextWriter Output { get; }

    public TimeProvider Time { get; } = TimeProvider.System;

    public Random Random { get; }

    public Arrival Arrival { get; }

    public NumberBook Numbers { get; } = new();

    /// <summary>The gateway that runs now, or did last.</summary>
    public GatewayProcess Gateway { get; private set; } = null!; // every run begins with one

    /// <summary>What is wrong, in sentences.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Runs one of the commands.</summary>
    /// <returns>0 when all is well, else 1.</returns>
    public static async Task<int> RunAsync(
        string name, SwapTestOptions options, Func<TestRun, CancellationToken, Task> body, TextWriter output, CancellationToken stopping)
    {
        if (options.Fault is { } fault)
        {
            await output.WriteLineAsync(fault);
            return 1;
        }

        bool withMetronomes = name is "load" or "change";
        var scene = SwapScene.Create(withMetronomes, name is "change" or "change-kill" ? RosterPlan.Pool : []);
        bool passed = false;
        try
        {
            await using var hub = await HubProcess.StartAsync(scene.Path, scene.EmulatorFile, stopping);
            scene.WriteGateway(hub.MqttPort, options.Trial, withMetronomes);
            await using var run = new TestRun(options, scene, hub, output);
            await body(run, stopping);
            passed = run.Faults.Count == 0;
            if (!passed) await output.WriteLineAsync($"What is wrong\n  {string.Join("\n  ", run.Faults)}");
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await output.WriteLineAsync("interrupted");
        }
        catch (Exception exception) when (exception is TestRunException or HttpRequestException or IOException)
        {
            await output.WriteLineAsync($"It could not go on: {exception.Message}");
        }

        if (passed && !options.Keep) scene.Delete();
        else await output.WriteLineAsync($"The work folder is kept, with the logs and the gateway's data: {scene.Path}");
        await output.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"swap test {name}: {(passed ? "passed" : "FAILED")} (seed {options.Seed})"));
        return passed ? 0 : 1;
    }

    public void StartGateway()
    {
        Tell("the gateway starts");
#pragma warning disable IDISP003 // The one before has ended, and was disposed by whoever ended it.
        Gateway = GatewayProcess.Start(Options.Bridge, Scene);
#pragma warning restore IDISP003
    }

    /// <summary>Starts a gateway whose channels are to be changed.</summary>
    public async Task StartRosterAsync(RosterPlan plan, CancellationToken stopping)
    {
        Files.Copy(Path.Combine(SwapScene.FixtureFolder, "roster"), Path.Combine(Scene.DropFolder, "roster"));
        Scene.WriteGateway(plan.Content(Scene));
        StartGateway();
        await Gateway.ServingAsync(plan.Channels.Select(channel => channel.Name), stopping);
    }

    /// <summary><c>bridge ledger</c>.</summary>
    public Task<(IReadOnlyDictionary<string, LedgerEntry>? Entries, string Fault)> LedgerAsync(CancellationToken stopping) =>
        LedgerReader.ReadAsync(Options.Bridge, Scene.Path, stopping);

    /// <summary>Asks the gateway to end.</summary>
    public async Task StopGatewayAsync()
    {
        if (await Gateway.Process.StopAsync() is not 0 and var code)
            throw new TestRunException($"The gateway ended with {code} when it was asked to end. {Gateway.Process.Words()}");
        await Gateway.DisposeAsync();
    }

    public async Task KillGatewayAsync()
    {
        await Gateway.Process.KillAsync();
        await Gateway.DisposeAsync();
    }

    /// <summary><c>bridge plugin remove</c>.</summary>
    public async Task RemovePluginAsync(CancellationToken stopping)
    {
        await using var remove = ChildProcess.Start(
            "remove", Scene.Path, [Options.Bridge, "plugin", "remove", TickerVersion.Id, "--config", Scene.Path], keepsOutput: true);
        var (code, _) = await remove.ResultAsync(stopping);
        if (code != 0) throw new TestRunException($"'bridge plugin remove' ended with {code}. {remove.Words()}");
    }

    /// <summary>Waits until something holds, reading what the hub gets meanwhile.</summary>
    /// <returns>Whether it does; else the time is over.</returns>
    public async Task<bool> UntilAsync(Func<bool> holds, TimeSpan within, CancellationToken stopping)
    {
        long begin = Time.GetTimestamp();
        while (true)
        {
            await _follower.TurnAsync(stopping);
            if (holds()) return true;
            if (Time.GetElapsedTime(begin) > within) return false;
            if (_hubProcess.Process.Ended.IsCompleted)
                throw new TestRunException($"The hub ended by itself. {_hubProcess.Process.Words()}");
            await Task.Delay(Pause, Time, stopping);
        }
    }

    /// <summary>Lets time pass, and fails where the gateway ends meanwhile.</summary>
    public async Task LiveAsync(TimeSpan span, CancellationToken stopping)
    {
        if (await UntilAsync(() => Gateway.Process.Ended.IsCompleted, span, stopping))
            throw new TestRunException($"The gateway ended by itself. {Gateway.Process.Words()}");
    }

    /// <summary>What became of the numbers of samples, by the hub.</summary>
    public Task<UplinkView> UplinkAsync(CancellationToken cancellationToken) => _hub.UplinkAsync(cancellationToken);

    /// <summary>The sub-devices that are online at the hub.</summary>
    public async Task<IReadOnlySet<string>> OnlineAsync(CancellationToken cancellationToken) =>
        (await _hub.DevicesAsync(cancellationToken)).Where(device => device.Online && device.Kind is "subDevice")
            .Select(device => device.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>The packets that the hub has seen since one.</summary>
    public Task<IReadOnlyList<TranscriptView>> TranscriptAsync(long since, CancellationToken cancellationToken) =>
        _hub.TranscriptAsync(since, cancellationToken);

    /// <summary>Runs a command of <c>bridge</c> beside the gateway.</summary>
    /// <returns>Its exit code, and all that it said.</returns>
    public async Task<(int Code, string Output)> BridgeAsync(CancellationToken stopping, params string[] arguments)
    {
        await using var command = ChildProcess.Start(
            arguments[0], Scene.Path, [Options.Bridge, .. arguments, "--config", Scene.Path], keepsOutput: true);
        var (code, output) = await command.ResultAsync(stopping);
        return (code, output.Length > 0 ? output : command.Words()); // what is wrong with an order is said elsewhere
    }

    public void Fault(string what)
    {
        Tell($"WRONG: {what}");
        _faults.Add(what);
    }

    public void Tell(string what)
    {
        if (Options.Verbose) Output.WriteLine($"{Time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {what}");
    }

    /// <summary>Says which messages the hub forgot before they were read; then the numbers prove nothing.</summary>
    public void JudgeWitness()
    {
        if (_follower.Overlooked > 0)
            Fault($"{_follower.Overlooked} messages were forgotten by the hub before they were read here: the numbers prove nothing.");
    }

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        _follower.Dispose();
        _hub.Dispose();
    }
}
