using System.CommandLine;
using System.Globalization;
using BridgeFramework.Configuration;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge run</c>: runs the gateway until it is told to stop.</summary>
internal static class RunCommand
{
    /// <summary>A box with one processor would get a pool of one thread, and whoever blocks it, if only while a large plugin is loaded,
    /// would hold up everybody's polls.</summary>
    private const int LeastPoolThreads = 4;

    public static Command Create(ConfigurationOptions options)
    {
        var verbose = new Option<bool>("--verbose", "-v")
        {
            Description = "Logs every message and state change, not only what an operator wants to know."
        };
        var strict = new Option<bool>("--strict")
        {
            Description = "Does not start where the configuration has mistakes, not on the last good files either."
        };
        var command = new Command(
            "run", "Runs the gateway until it is told to stop (Ctrl+C, SIGTERM). SIGHUP has it take over its configuration files.")
        {
            verbose, strict,
        };
        options.AddToChecking(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ProvidePoolThreads();
            using var loggers = OperatorLog.Create(parsed.GetValue(verbose) ? LogLevel.Debug : LogLevel.Information);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var reloads = new Reloads(loggers.CreateLogger<Reloads>());
            using var hangUp = HangUp.Listen(reloads.Order, () =>
            {
                OwnProcess.EndAfter(BridgeCommand.LongestStop, ExitCode.HungUp);
                stop.Cancel();
            });
            var error = parsed.InvocationConfiguration.Error;
            return await RunAsync(
                () => options.Load(parsed),
                parsed.GetValue(strict),
                reloads,
                loggers,
                error,
                new OwnProcess(error, loggers),
                stop.Token);
        });
        return command;
    }

    /// <summary>Runs a gateway; nothing starts when its configuration has mistakes and no last good files can take its place.</summary>
    /// <param name="configuration">Reads the configuration, as often as somebody wants to know it; not yet held against the drivers'
    /// schemas.</param>
    /// <param name="isStrict">Whether it does not start on the last good files.</param>
    /// <param name="reloads">Orders to take over the configuration.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="error">Takes mistakes.</param>
    /// <param name="process">The process, where it is the gateway's alone.</param>
    /// <param name="stopping">Cancelled by Ctrl+C and by the service manager.</param>
    internal static async Task<int> RunAsync(
        Func<ConfigurationResult> configuration, bool isStrict, Reloads reloads, ILoggerFactory loggers, TextWriter error,
        OwnProcess? process, CancellationToken stopping)
    {
        var first = configuration();
        bool mayStart = first.IsValid || (!isStrict && LastGoodFiles.Load(first) is { IsValid: true });
        ConfigurationResult? unread = first;
        using var watch = new ProcessWatch(TimeProvider.System);
        await using var host = new GatewayHost(
            new GatewayHostOptions
            {
                Configuration = () => Interlocked.Exchange(ref unread, null) ?? configuration(),
                IsStrict = isStrict,
                EndProcess = process is null ? null : reason => process.End(ExitCode.Stuck, reason),
                Checked = loaded => PrintedMistakes.Write(loaded, error),
                Companion = async (host, cancellationToken) =>
                    await AdminServer.StartAsync(new RunningGateway(host, watch, TimeProvider.System), loggers, cancellationToken),
            },
            loggers);
        using var guard = process?.Guard(host, ExitCode.Ended, stopping);
        try
        {
            // The handler is the process's: it belongs to the program, not to the gateway.
            if (mayStart && process is not null) new PluginCrashGuard(() => host.PluginsInMemory, host.PluginCrashed).Install();
            await host.StartAsync(stopping);
            if (host.Configuration.Files.KeptAt is { } kept) await SayLastGoodAsync(host, kept, error, stopping);
            await Task.WhenAny(host.Completion, reloads.CarryOutAsync(host.ReloadAsync, stopping)); // the latter cannot fail
            await host.Completion.WaitAsync(stopping);
            return ExitCode.Success;
        }
        catch (InvalidConfigurationException exception)
        {
            PrintedMistakes.Write(exception.Result, error);
            return ExitCode.Mistakes;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await error.SayAsync($"The gateway cannot run: {exception.Message}");
            return ExitCode.Failure;
        }
    }

    private static async Task SayLastGoodAsync(GatewayHost host, DateTimeOffset kept, TextWriter error, CancellationToken stopping)
    {
        var files = await host.ReviewAsync(mayRemoveMost: false, stopping);
        PrintedMistakes.Write(files.Configuration, error);
        string since = kept.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        await error.SayAsync(
            $"THE CONFIGURATION HAS MISTAKES, and the gateway runs the last good files, kept {since}Z. Mend it, then order "
                + "'bridge config apply'. With --strict it does not start.");
    }

    private static void ProvidePoolThreads()
    {
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, LeastPoolThreads), ports);
    }
}
