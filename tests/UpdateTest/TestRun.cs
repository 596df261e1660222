using System.Globalization;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Processes;

namespace BridgeFramework.UpdateTest;

/// <summary>What the runs have in common: a gateway in a process of its own, a hub and devices in this one, and what is wrong.</summary>
#pragma warning disable IDISP026 // What derives from it owns nothing.
internal abstract class TestRun(UpdateTestOptions options, TextWriter output) : IAsyncDisposable
#pragma warning restore IDISP026
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly List<string> _faults = [];
    private ChildProcess? _gateway;

    protected TextWriter Output => output;

    protected TimeProvider Time { get; } = TimeProvider.System;

    protected Random Random { get; } = new(options.Seed);

    protected UpdateScene Scene { get; private set; } = null!; // set before a run begins

    protected ChildProcess Gateway => _gateway ?? throw new InvalidOperationException("The gateway was not started.");

    /// <summary>Runs one of the commands.</summary>
    /// <returns>0 when all is well, else 1.</returns>
    public static async Task<int> RunAsync(
        string name, UpdateTestOptions options, Func<UpdateTestOptions, TextWriter, TestRun> make, CancellationToken stopping)
    {
        var output = Console.Out;
        if (options.Fault is { } fault)
        {
            await output.WriteLineAsync(fault);
            return 1;
        }

        string folder = Directory.CreateTempSubdirectory("bridge-update-").FullName;
        bool passed = false;
        try
        {
            await using var run = make(options, output);
            run.Scene = await UpdateScene.StartAsync(folder, run.Shape, stopping);
            await run.RunAsync(stopping);
            passed = run._faults.Count == 0;
            if (!passed) await output.WriteLineAsync($"What is wrong\n  {string.Join("\n  ", run._faults)}");
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await output.WriteLineAsync("interrupted");
        }
        catch (Exception exception) when (exception is TestRunException or IOException)
        {
            await output.WriteLineAsync($"It could not go on: {exception.Message}");
        }

        if (passed && !options.Keep) Directory.Delete(folder, recursive: true);
        else await output.WriteLineAsync($"The work folder is kept, with the logs and the gateway's data: {folder}");
        await output.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"update test {name}: {(passed ? "passed" : "FAILED")} (seed {options.Seed})"));
        return passed ? 0 : 1;
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        if (Scene is not null) await Scene.DisposeAsync();
    }

    /// <summary>The fleet that the run needs.</summary>
    protected abstract FleetShape Shape { get; }

    protected abstract Task RunAsync(CancellationToken stopping);

    protected void StartGateway()
    {
        Tell("the gateway starts");
#pragma warning disable IDISP003 // The one before has ended, and was disposed by whoever ended it.
        _gateway = ChildProcess.Start("gateway", Scene.Folder, [options.Bridge, "run", "--config", Scene.Folder]);
#pragma warning restore IDISP003
    }

    protected async Task KillGatewayAsync()
    {
        await Gateway.KillAsync();
        await Gateway.DisposeAsync();
        Tell("the gateway is killed");
    }

    protected async Task StopGatewayAsync()
    {
        if (await Gateway.StopAsync() is not 0 and var code)
            throw new TestRunException($"The gateway ended with {code} when it was asked to end. {Gateway.Words()}");
        await Gateway.DisposeAsync();
    }

    /// <summary>Waits until something holds.</summary>
    /// <returns>Whether it does; else the time is over.</returns>
    protected async Task<bool> UntilAsync(Func<bool> holds, TimeSpan within, CancellationToken stopping)
    {
        long begin = Time.GetTimestamp();
        while (!holds())
        {
            if (Time.GetElapsedTime(begin) > within) return false;
            if (Gateway.Ended.IsCompleted) throw new TestRunException($"The gateway ended by itself. {Gateway.Words()}");
            await Task.Delay(Pause, Time, stopping);
        }

        return true;
    }

    /// <summary>The task of each sub-device.</summary>
    protected IReadOnlyDictionary<HubDeviceId, FirmwareTask> Tasks() => Scene.Hub.FirmwareTasks.ToDictionary(task => task.Device);

    protected void Fault(string what)
    {
        Tell($"WRONG: {what}");
        _faults.Add(what);
    }

    protected void Tell(string what)
    {
        if (options.Verbose) output.WriteLine($"{Time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {what}");
    }
}
