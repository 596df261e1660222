using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using BridgeFramework.Processes;

namespace BridgeFramework.CrashTest;

/// <summary>One run: start, kill and kill again, let everything arrive, ask, judge.</summary>
internal sealed partial class CrashRun : IAsyncDisposable
{
    private const int MatchTimeout = 1000;
    private const int QuietTurns = 5;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);

    // On a busy machine a start takes long; a life is counted from when its channels serve, so that something happens in it.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    private readonly CrashTestOptions _options;
    private readonly TextWriter _output;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly SceneFolder _scene;
    private readonly Lives _lives = new();
    private readonly CountBook _book = new();
    private readonly Random _random;
    private readonly ChildProcess _simulator;
    private readonly ChildProcess _emulator;
    private readonly HubConsole _hub;
    private readonly HubFollower _follower;
    private readonly HubTrouble _trouble;
    private ChildProcess? _gateway;

    private CrashRun(CrashTestOptions options, SceneFolder scene, ChildProcess simulator, HubProcess hub, TextWriter output)
    {
        (_options, _scene, _simulator, _emulator, _output) = (options, scene, simulator, hub.Process, output);
        _random = new Random(options.Seed);
        _hub = new HubConsole(hub.Console, WorkFolder.Gateway);
        _follower = new HubFollower(_hub, _book, _lives, _time);
        // Random numbers of its own: the two draw at the same time.
        _trouble = new HubTrouble(_hub, new Random(options.Seed + 1), options.Trouble, _time, Tell);
    }

    /// <summary>Runs the test.</summary>
    /// <returns>0 when all is well, else 1.</returns>
    public static async Task<int> RunAsync(CrashTestOptions options, TextWriter output, CancellationToken stopping)
    {
        if (options.Fault is { } fault)
        {
            await output.WriteLineAsync(fault);
            return 1;
        }

        await output.WriteLineAsync(FormattableString.Invariant(
            $"""crash test: seed {options.Seed}, {options.Kills} kills, {options.Between.TotalSeconds} s between them, hub trouble every {options.Trouble.TotalSeconds} s, {SceneFolder.SubDevices.Count} sub-devices polled every {options.Poll.TotalMilliseconds} ms"""));
        var scene = SceneFolder.Create(options);
        bool passed = false;
        try
        {
            passed = await RunAsync(options, scene, output, stopping);
            return passed ? 0 : 1;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await output.WriteLineAsync("crash test: interrupted");
            return 1;
        }
        catch (Exception exception) when (exception is TestRunException or HttpRequestException)
        {
            await output.WriteLineAsync($"{exception.Message}\ncrash test: FAILED, it could not go on");
            return 1;
        }
        finally
        {
            if (passed && !options.Keep) scene.Delete();
            else await output.WriteLineAsync($"The work folder is kept, with the logs and the gateway's data: {scene.Path}");
        }
    }

    private static async Task<bool> RunAsync(CrashTestOptions options, SceneFolder scene, TextWriter output, CancellationToken stopping)
    {
        await using var simulator = ChildProcess.Start(
            "simulator", scene.Path, [Program("DeviceSimulators"), "modbus", "--port", "0", "--config", scene.SimulatorFile]);
        await using var hub = await HubProcess.StartAsync(scene.Path, scene.EmulatorFile, stopping);
        string slave = await simulator.SaysAsync(line => Slave().IsMatch(line), "where it listens", stopping);
        scene.WriteGateway(hub.MqttPort, int.Parse(Slave().Match(slave).Groups["port"].Value, CultureInfo.InvariantCulture), PluginFolder);
        await using var run = new CrashRun(options, scene, simulator, hub, output);
        return await run.RunAsync(stopping);
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        _follower.Dispose();
        _hub.Dispose();
    }

    private async Task<bool> RunAsync(CancellationToken stopping)
    {
        Evidence evidence;
        using (var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping))
        {
            var following = _follower.RunAsync(ending.Token);
            var troubling = _options.Trouble > TimeSpan.Zero && _options.Kills > 0 ? _trouble.RunAsync(ending.Token) : Task.CompletedTask;
            try
            {
                for (int i = 0; i < _options.Kills; i++) await LiveAndDieAsync(following, troubling, stopping);
                _trouble.Cease();
                await troubling;
                await _hub.CalmAsync(stopping);
                await LiveAndStopAsync(following, stopping);
                evidence = await DrainAsync(following, stopping);
            }
            finally
            {
                await ending.CancelAsync();
                await Task.WhenAll(EndOfAsync(following), EndOfAsync(troubling));
            }
        }

        await EndGatewayAsync(stopping);
        await Report.WriteAsync(evidence, _trouble, _output);
        var faults = Judge.Judgement(evidence);
        if (faults.Count == 0)
        {
            await _output.WriteLineAsync(
                $"crash test: passed, {_options.Kills} kills, {evidence.Hub.Total.Samples} samples, {evidence.Hub.Total.Repeated} of "
                    + $"them came again, none is missing (seed {_options.Seed})");
            return true;
        }

        await _output.WriteLineAsync("What is wrong");
        foreach (string fault in faults) await _output.WriteLineAsync($"  {fault}");
        await TellLastWordsAsync(faults);
        await _output.WriteLineAsync(
            $"crash test: FAILED, {_options.Kills} kills, {faults.Count(line => !line.StartsWith(' '))} faults (seed {_options.Seed})");
        return false;
    }

    /// <summary>A life that ends at a random instant.</summary>
    private async Task LiveAndDieAsync(Task following, Task troubling, CancellationToken stopping)
    {
        // One in five dies young: while it starts.
        bool diesYoung = _random.Next(5) == 0;
        var span = diesYoung ? TimeSpan.FromSeconds(1.5 * _random.NextDouble()) : _options.Between * (0.1 + (1.8 * _random.NextDouble()));
        var life = StartGateway();
        if (!diesYoung) await ServingAsync(stopping);
        await LiveAsync(span, [following, troubling], stopping);
        life.Phase = await PhaseAsync(life, stopping);
        await EndAsync(life, killed: true);
    }

    /// <summary>A life with a calm hub that is asked to end, so that the next one may be quiet.</summary>
    private async Task LiveAndStopAsync(Task following, CancellationToken stopping)
    {
        var life = StartGateway();
        await HeardAsync(life, following, stopping);
        await LiveAsync(_options.Between, [following], stopping);
        life.Phase = await PhaseAsync(life, stopping);
        await EndAsync(life, killed: false);
    }

    /// <summary>
    /// The last life reads every point once and then no more, while the devices stay where they are: what a sub-device that is absent
    /// reported would wait. When hub and ledger say the same before and after, they can be compared.
    /// </summary>
    private async Task<Evidence> DrainAsync(Task following, CancellationToken stopping)
    {
        var life = StartGateway("--set", "deviceTypes.counter.interval=1d", "--set", "deviceTypes.counter.points.hole.interval=1d");
        long begin = _time.GetTimestamp();
        await HeardAsync(life, following, stopping);
        var (ledger, _) = await LedgerReader.ReadAsync(_options.Bridge, _scene.Path, stopping);
        int quiet = 0;
        while (true)
        {
            var hub = await _hub.UplinkAsync(stopping);
            await LiveAsync(Turn, [following], stopping);
            var (again, fault) = await LedgerReader.ReadAsync(_options.Bridge, _scene.Path, stopping);
            var hubAgain = await _hub.UplinkAsync(stopping);
            quiet = hub.Total == hubAgain.Total && AreSame(ledger, again)
                && (again is null || again.Values.All(entry => entry.Pending == 0)) ? quiet + 1 : 0;
            if (quiet == QuietTurns || _time.GetElapsedTime(begin) > _options.Drain)
            {
                await _follower.TurnAsync(stopping);
                return new Evidence
                {
                    Options = _options,
                    Lives = _lives,
                    Book = _book,
                    Hub = hubAgain,
                    Ledger = again,
                    LedgerFault = fault,
                    IsQuiet = quiet == QuietTurns,
                    Overlooked = _follower.Overlooked,
                    TextOf = _follower.TextOf,
                };
            }

            ledger = again;
        }
    }

    private static bool AreSame(IReadOnlyDictionary<string, LedgerEntry>? one, IReadOnlyDictionary<string, LedgerEntry>? other) =>
        one is null || other is null ? one == other
            : one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var entry) && $"{pair.Value}" == $"{entry}");

    private Life StartGateway(params string[] settings)
    {
        string[] arguments = [_options.Bridge, "run", "--config", _scene.Path, .. settings];
        var life = _lives.Begin(_time.GetUtcNow());
        _gateway = ChildProcess.Start("gateway", _scene.Path, arguments);
        Tell($"gateway {life.Number} starts");
        return life;
    }

    /// <summary>Waits, and fails when something ends that should not.</summary>
    private async Task LiveAsync(TimeSpan span, Task[] helpers, CancellationToken stopping)
    {
        var gateway = _gateway ?? throw new InvalidOperationException("The gateway was not started.");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var waiting = Task.Delay(span, _time, over.Token);
        Task[] others = [gateway.Ended, _emulator.Ended, _simulator.Ended, .. helpers.Where(helper => helper != Task.CompletedTask)];
        var first = await Task.WhenAny([waiting, .. others]);
        await over.CancelAsync();
        stopping.ThrowIfCancellationRequested();
        if (first == waiting) return;
        await Task.Delay(Turn, _time, stopping);   // Ctrl+C reaches all processes at once, and the others may be the first to end
        foreach (var process in new[] { gateway, _emulator, _simulator })
            if (process.Ended.IsCompleted) throw new TestRunException($"The {process.Name} ended by itself. {process.Words()}");
        await first;   // a helper: its exception says why
    }

    private async Task ServingAsync(CancellationToken stopping)
    {
        var gateway = _gateway ?? throw new InvalidOperationException("The gateway was not started.");
        await gateway.MaySayAsync(line => line.Contains(" is serving", StringComparison.Ordinal), StartPatience, stopping);
    }

    /// <summary>Waits until the hub got a value that was read in this life.</summary>
    private async Task HeardAsync(Life life, Task following, CancellationToken stopping)
    {
        long begin = _time.GetTimestamp();
        while (life.ToFirstValue is null && _time.GetElapsedTime(begin) < _options.Drain) await LiveAsync(Turn, [following], stopping);
    }

    private async Task<string> PhaseAsync(Life life, CancellationToken stopping)
    {
        if (_trouble.IsFrozen) return life.WasConnected ? "frozen" : "starting, frozen";
        bool isConnected = await _hub.IsGatewayConnectedAsync(stopping);
        return isConnected ? "connected" : life.WasConnected ? "offline" : "starting";
    }

    private async Task EndAsync(Life life, bool killed)
    {
        var gateway = _gateway ?? throw new InvalidOperationException("The gateway was not started.");
        _gateway = null;
        await using (gateway)
        {
            life.IsKilled = killed;
            if (killed) await gateway.KillAsync();
            else if (await gateway.StopAsync() is not 0 and var code)
                throw new TestRunException($"The gateway ended with {code} when it was asked to end. {gateway.Words()}");
            life.Ended = _time.GetUtcNow();
            life.LastWords = gateway.LastWords;
        }

        Tell($"gateway {life.Number} {(killed ? "killed" : "stopped")}, {life.Phase}");
    }

    private async Task EndGatewayAsync(CancellationToken stopping)
    {
        var life = _lives.All[^1];
        life.Phase = await PhaseAsync(life, stopping);
        await EndAsync(life, killed: false);
        foreach (var process in new[] { _simulator, _emulator })
            if (await process.StopAsync() is not 0 and var code)
                throw new TestRunException($"The {process.Name} ended with {code} when it was asked to end. {process.Words()}");
    }

    private async Task TellLastWordsAsync(IReadOnlyList<string> faults)
    {
        // The logs of the ends that the faults name, the first three; all of them are in the work folder.
        foreach (var life in _lives.All.Where(life =>
            faults.Any(fault => fault.Contains($"kill {life.Number} at", StringComparison.Ordinal))).Take(3))
        {
            await _output.WriteLineAsync($"\nLast words of the gateway before kill {life.Number}");
            foreach (string line in life.LastWords) await _output.WriteLineAsync($"  {line}");
        }

        await _output.WriteLineAsync("\nLast words of the gateway at the end");
        foreach (string line in _lives.All[^1].LastWords) await _output.WriteLineAsync($"  {line}");
        await _output.WriteLineAsync();
    }

    private void Tell(string what)
    {
        if (_options.Verbose) _output.WriteLine($"{_time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {what}");
    }

    /// <summary>Waits for a helper that was told to end; what else ended it has been noticed by <see cref="LiveAsync"/>.</summary>
    private static async Task EndOfAsync(Task helper) => await helper.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static string Program(string name) => Path.Combine(AppContext.BaseDirectory, $"BridgeFramework.{name}.dll");

    private static string PluginFolder => typeof(CrashRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => string.Equals(metadata.Key, "PluginFolder", StringComparison.Ordinal)).Value!; // written by the project file

    [GeneratedRegex(@"slave on \S+:(?<port>\d+),", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex Slave();
}
