using System.CommandLine;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge run</c>: runs the gateway until it is told to stop.</summary>
internal static partial class RunCommand
{
    /// <summary>A box with one processor would get a pool of one thread, and whoever blocks it, if only while a large plugin is loaded, would hold up everybody's polls.</summary>
    private const int LeastPoolThreads = 4;

    public static Command Create(ConfigurationOptions options)
    {
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Logs every message and state change, not only what an operator wants to know." };
        var command = new Command("run", "Runs the gateway until it is told to stop (Ctrl+C, SIGTERM).") { verbose };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ProvidePoolThreads();
            using var loggers = OperatorLog.Create(parsed.GetValue(verbose) ? LogLevel.Debug : LogLevel.Information);
            return await RunAsync(options.Load(parsed), loggers, parsed.InvocationConfiguration.Error, guard => guard.Install(), cancellationToken);
        });
        return command;
    }

    /// <summary>Runs a gateway; nothing starts when its configuration has mistakes.</summary>
    /// <param name="result">The configuration, not yet held against the drivers' schemas.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="error">Takes mistakes.</param>
    /// <param name="install">Puts the guard in charge of the process's unhandled exceptions, which can be done once in a process.</param>
    /// <param name="stopping">Cancelled by Ctrl+C and by the service manager.</param>
    internal static async Task<int> RunAsync(
        ConfigurationResult result, ILoggerFactory loggers, TextWriter error, Action<PluginCrashGuard> install, CancellationToken stopping)
    {
        if (result.Plan is not { } configuration) return Refuse(result, error);
        try
        {
            // First of all: whoever runs on this folder already owns the plugins' private copies in it.
            using var data = DataFolder.Claim(configuration.Data.Folder);
            if (data.IsOpenToOthers) LogOpenToOthers(loggers.CreateLogger(typeof(RunCommand)), data.Path);
            using var plugins = new PluginHost(OptionsOf(configuration, result), TimeProvider.System, loggers);
            await plugins.StartAsync(stopping);
            result = DriverSettingsValidation.Validate(result, plugins.Drivers);
            if (!result.IsValid) return Refuse(result, error);
            MistakeReport.Write(result, error);

            var hub = HubAccess.OptionsOf(configuration);
            var listed = DeviceInfoFile.Load(configuration.Hub.DeviceInfoFile).SubDevices;
            await using var gateway = new BridgeGateway(configuration, hub, listed, plugins.Drivers, TimeProvider.System, loggers);
            plugins.Attach(gateway);
            // The handler is the process's: it belongs to the program, not to the gateway.
            install(new PluginCrashGuard(() => plugins.InMemory, (plugin, exception) => gateway.PluginCrashed(plugin, exception.Message)));
            var running = new RunningGateway(gateway, configuration, hub, plugins, TimeProvider.System);
            await using var admin = await AdminServer.StartAsync(running, data, loggers, stopping);
            await RunAsync(gateway, plugins, stopping);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
        catch (DeviceInfoException exception)
        {
            foreach (string problem in exception.Problems) await error.WriteLineAsync($"{exception.File}: {problem}");
            return ExitCode.Mistakes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"The gateway cannot run: {exception.Message}");
            return ExitCode.Failure;
        }
    }

    private static void ProvidePoolThreads()
    {
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, LeastPoolThreads), ports);
    }

    private static PluginHostOptions OptionsOf(GatewayPlan configuration, ConfigurationResult loaded) => new()
    {
        DropFolder = configuration.Plugins.Folder,
        DataFolder = configuration.Data.Folder,
        Trust = configuration.Plugins.Trust,
        Trial = configuration.Plugins.Trial,
        FindMistakes = drivers => DriverSettingsValidation.FindMistakes(loaded, drivers),
    };

    /// <summary>Runs both until told to stop, or until one of them ends through a bug of ours.</summary>
    private static async Task RunAsync(BridgeGateway gateway, PluginHost plugins, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task[] parts = [gateway.RunAsync(either.Token), plugins.RunAsync(either.Token)];
        await Task.WhenAny(parts);
        await either.CancelAsync();
        await Task.WhenAll(parts);
    }

    private static int Refuse(ConfigurationResult result, TextWriter error)
    {
        MistakeReport.Write(result, error);
        return ExitCode.Mistakes;
    }

    [LoggerMessage(5002, LogLevel.Warning, "Other users can look into the data folder {Folder}, which was there already: chmod 700 it")]
    private static partial void LogOpenToOthers(ILogger logger, string folder);
}
