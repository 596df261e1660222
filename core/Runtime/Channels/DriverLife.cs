using BridgeFramework.Configuration;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Creates the driver of a channel and lets go of it, and waits no longer than it has to.</summary>
#pragma warning disable CA1001 // The loggers of the driver own nothing.
internal sealed partial class DriverLife(
    ChannelPlan channel, ChannelStanding standing, PluginPatience patience, TimeProvider time, ILoggerFactory loggers)
#pragma warning restore CA1001
{
    private readonly ILogger _logger = loggers.CreateLogger<DriverLife>();
#pragma warning disable IDISP006 // As above.
    private readonly DriverLoggers _driverLoggers = new(loggers, channel, standing.Traffic.LogLines);
#pragma warning restore IDISP006

    /// <exception cref="DriverException">It was not created in time.</exception>
    /// <exception cref="SettingsException">The settings cannot be read.</exception>
    public async Task<DriverRun> CreateAsync(CatalogedDriver driver, CancellationToken stopping)
    {
        object settings = driver.Registration.ReadChannelSettings(channel.Settings);
        var creating = Task.Run(
            () => standing.Calls.Follow("The constructor", () => driver.Registration.CreateRun(settings, _driverLoggers, time)),
            CancellationToken.None);
        if (await patience.WaitAsync(creating, stopping)) return await creating;
        // Not awaited: it cannot fail. Whenever the driver comes, it lets go of what it took.
        _ = DisposeLateAsync(creating, driver.Plugin);
        stopping.ThrowIfCancellationRequested();
        driver.Plugin?.LeftBehind($"channel {channel.Name}: the constructor of driver {channel.Driver} did not return");
        throw new DriverException($"The driver was not created within {PluginPatience.Deadline.TotalSeconds:0} s: its constructor hangs.");
    }

    /// <summary>Disposes a driver. Never throws.</summary>
#pragma warning disable IDISP007 // Created for one run by the caller, which hands it over.
    public async Task DisposeAsync(DriverRun created, LoadedPlugin? plugin)
    {
        try
        {
            var disposing = Task.Run(
                async () => await standing.Calls.Follow(nameof(created.DisposeAsync), created.DisposeAsync), CancellationToken.None);
            if (await patience.WaitAsync(disposing, CancellationToken.None))
            {
                await disposing;
                return;
            }

            standing.Lost.Add("a driver that is let go of", disposing);
            LogDisposeHangs(_logger, channel.Name, channel.Driver, PluginPatience.Deadline.TotalSeconds);
            plugin?.LeftBehind($"channel {channel.Name}: DisposeAsync of driver {channel.Driver} did not return");
        }
        catch (Exception exception)
        {
            LogDisposeFailed(_logger, exception, channel.Name, channel.Driver);
        }
    }
#pragma warning restore IDISP007

    private async Task DisposeLateAsync(Task<DriverRun> creating, LoadedPlugin? plugin)
    {
        await ((Task)creating).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (creating.IsCompletedSuccessfully) await DisposeAsync(await creating, plugin);
    }

    [LoggerMessage(4204, LogLevel.Warning, "Channel {Channel}: driver {Driver} failed to let go of its resources")]
    private static partial void LogDisposeFailed(ILogger logger, Exception exception, string channel, string driver);

    [LoggerMessage(4209, LogLevel.Warning, "Channel {Channel}: driver {Driver} did not let go of its resources within {Seconds:0} s")]
    private static partial void LogDisposeHangs(ILogger logger, string channel, string driver, double seconds);
}
