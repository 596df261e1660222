using System.Threading.Channels;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Keeps one channel running: waits for its driver, runs it, and runs it again when it fails. What happens here no other channel notices.</summary>
internal sealed partial class ChannelSupervisor(
    ChannelConfiguration configuration,
    DriverCatalog drivers,
    IChannelStore store,
    UplinkIntake uplink,
    Action<SubDeviceId, Presence, string?> presence,
    Action<SubDeviceId, string> firmware,
    TimeProvider time,
    ILoggerFactory loggers)
{
    /// <summary>How long a driver has to be created, to end when told to, and to be disposed.</summary>
    private static readonly TimeSpan PluginDeadline = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = loggers.CreateLogger<ChannelSupervisor>();
    private readonly Channel<bool> _catalogChanged = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private ChannelStatus _status = new() { Name = configuration.Name, Driver = configuration.Driver, State = ChannelState.Stopped, Since = time.GetUtcNow() };
    private ActiveRun? _run;

    public ChannelStatus Status
    {
        get
        {
            lock (_gate) return _status;
        }
    }

    public ChannelConfiguration Configuration => configuration;

    /// <summary>Drivers have come or gone: a channel that waits looks again.</summary>
    public void DriversChanged() => _catalogChanged.Writer.TryWrite(true);

    /// <summary>Ends the present run as failed, if its driver comes from this plugin.</summary>
    public void PluginCrashed(LoadedPlugin plugin, string reason)
    {
        ActiveRun? run;
        lock (_gate) run = _run;
        if (run is not null && ReferenceEquals(run.Plugin, plugin)) run.Fail(reason);
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var driver = await WaitForDriverAsync(stopping);
                var fault = await RunOnceAsync(driver, stopping);
                if (fault.IsLost) LogLost(_logger, configuration.Name, configuration.Driver, fault.Reason);
                stopping.ThrowIfCancellationRequested();
                int failures = Status.Failures + 1;
                var rest = RestartBackoff.After(failures, fault.IsTransient);
                Become(ChannelState.BackingOff, fault.Reason, failures);
                LogFault(_logger, fault.Cause, configuration.Name, fault.Reason, rest.TotalSeconds);
                await Task.Delay(rest, time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Become(ChannelState.Stopped, reason: null, failures: 0);
        }
    }

    /// <summary>Carries out a command, or says why not. Never throws. A driver that is just starting is waited for.</summary>
    /// <param name="id">The sub-device.</param>
    /// <param name="command">The command.</param>
    /// <param name="begin">Asked immediately before the driver is: the reason why it must not be, or null. Never throws.</param>
    /// <param name="cancellationToken">Cancelled when the time for the command is up.</param>
    public async Task<CommandReply> ExecuteAsync(
        SubDeviceId id, DownlinkCommand command, Func<CancellationToken, Task<string?>> begin, CancellationToken cancellationToken)
    {
        ActiveRun? run;
        ChannelStatus status;
        lock (_gate) (run, status) = (_run, _status);
        if (run?.Channel.Find(id) is not { } device)
            return CommandReply.Of(command.Id, CommandOutcome.Absent, $"Channel {configuration.Name} is not running ({status.State}): {status.Reason ?? "its driver is being started or stopped."}");
        if (run.Driver is not ICommandHandler handler)
            return CommandReply.Of(command.Id, CommandOutcome.Refused, $"Driver {configuration.Driver} takes no commands.");
        if (!await run.UntilServingAsync(cancellationToken))
            return CommandReply.Of(command.Id, CommandOutcome.Absent, $"Channel {configuration.Name} did not come to serve before the command's deadline.");
        return await CommandExecution.ExecuteAsync(handler, device, command, begin, run.Ending, cancellationToken);
    }

    /// <summary>Opens the channel for unknown devices, or closes it with zero, where its driver can. Never throws.</summary>
    public async Task SetPairingAsync(TimeSpan window, CancellationToken cancellationToken)
    {
        ActiveRun? run;
        lock (_gate) run = _run;
        if (run?.Driver is not IPairing pairing) return;
        try
        {
            await Task.Run(() => pairing.OpenAsync(window, run.Ending), CancellationToken.None).WaitAsync(PluginDeadline, time, cancellationToken);
            if (window > TimeSpan.Zero) LogPairing(_logger, configuration.Name, window.TotalSeconds);
            else LogPairingClosed(_logger, configuration.Name);
        }
        catch (Exception exception)
        {
            LogNotPairing(_logger, configuration.Name, configuration.Driver, exception.Message);
        }
    }

    private async Task<CatalogedDriver> WaitForDriverAsync(CancellationToken stopping)
    {
        while (true)
        {
            if (drivers.TryGet(configuration.Driver, out var driver)) return driver;
            string known = drivers.Names.Count == 0 ? "none" : string.Join(", ", drivers.Names);
            Become(ChannelState.WaitingForDriver, $"No plugin brings driver '{configuration.Driver}' (loaded: {known}). Drop its plugin into the plugin folder, or correct 'driver'.", Status.Failures);
            LogWaiting(_logger, configuration.Name, configuration.Driver, known);
            await _catalogChanged.Reader.ReadAsync(stopping);
        }
    }

    /// <returns>Why the run ended, whatever the reason.</returns>
    private async Task<ChannelFault> RunOnceAsync(CatalogedDriver driver, CancellationToken stopping)
    {
        Become(ChannelState.Starting, reason: null, Status.Failures);
        try
        {
            var devices = ChannelDevices.Create(configuration, driver.Registration);
            object settings = driver.Registration.ReadChannelSettings(configuration.Settings);
            var created = await CreateAsync(driver, settings, stopping);
            try
            {
                var channel = new HostedChannel(configuration.Name, devices, store, uplink, presence, firmware, BecomeServing);
                var run = new ActiveRun(channel, created.Driver, driver.Plugin);
                lock (_gate) _run = run;
                return await run.RunAsync(PluginDeadline, time, stopping);
            }
            finally
            {
                lock (_gate) _run = null;
                await DisposeAsync(created);
            }
        }
        catch (Exception exception)
        {
            return ChannelFault.Of(exception);
        }
        finally
        {
            foreach (var device in configuration.Devices) presence(device.Id, Presence.Unknown, $"channel {configuration.Name} is not running");
        }
    }

    private async Task<DriverRun> CreateAsync(CatalogedDriver driver, object settings, CancellationToken stopping)
    {
        var creating = Task.Run(() => driver.Registration.CreateRun(settings, loggers, time), CancellationToken.None);
        await ((Task)creating).WaitAsync(PluginDeadline, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (creating.IsCompleted) return await creating;
        // Not awaited: it cannot fail. Whenever the driver comes, it lets go of what it took.
        _ = DisposeLateAsync(creating);
        stopping.ThrowIfCancellationRequested();
        throw new DriverException($"The driver was not created within {PluginDeadline.TotalSeconds:0} s: its constructor hangs.");
    }

    private async Task DisposeLateAsync(Task<DriverRun> creating)
    {
        await ((Task)creating).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (creating.IsCompletedSuccessfully) await DisposeAsync(await creating);
    }

#pragma warning disable IDISP007 // Created for this run by RunOnceAsync, which hands it over.
    private async Task DisposeAsync(DriverRun created)
    {
        try
        {
            await Task.Run(async () => await created.DisposeAsync(), CancellationToken.None).WaitAsync(PluginDeadline, time, CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogDisposeFailed(_logger, exception, configuration.Name, configuration.Driver);
        }
    }
#pragma warning restore IDISP007

    private void BecomeServing(HostedChannel channel)
    {
        lock (_gate)
        {
            if (_run is not { } run || !ReferenceEquals(run.Channel, channel)) return;
            run.SetServing();
            if (_status.State == ChannelState.Serving) return;
            Become(ChannelState.Serving, reason: null, failures: 0);
        }

        LogServing(_logger, configuration.Name, configuration.Driver, configuration.Devices.Count);
    }

    private void Become(ChannelState state, string? reason, int failures)
    {
        lock (_gate) _status = _status with { State = state, Since = time.GetUtcNow(), Failures = failures, Reason = reason };
    }

    [LoggerMessage(4201, LogLevel.Warning, "Channel {Channel} waits: no plugin brings driver '{Driver}' (loaded: {Known})")]
    private static partial void LogWaiting(ILogger logger, string channel, string driver, string known);

    [LoggerMessage(4202, LogLevel.Information, "Channel {Channel} is serving: driver {Driver}, sub-devices: {Count}")]
    private static partial void LogServing(ILogger logger, string channel, string driver, int count);

    [LoggerMessage(4203, LogLevel.Error, "Channel {Channel} failed: {Reason} Running it again in {Seconds:0} s")]
    private static partial void LogFault(ILogger logger, Exception? exception, string channel, string reason, double seconds);

    [LoggerMessage(4204, LogLevel.Warning, "Channel {Channel}: driver {Driver} failed to let go of its resources")]
    private static partial void LogDisposeFailed(ILogger logger, Exception exception, string channel, string driver);

    [LoggerMessage(4206, LogLevel.Information, "Channel {Channel} lets unknown devices join for {Seconds:0} s: the hub asks for it")]
    private static partial void LogPairing(ILogger logger, string channel, double seconds);

    [LoggerMessage(4207, LogLevel.Information, "Channel {Channel} lets no unknown devices join any more: the hub asks for it")]
    private static partial void LogPairingClosed(ILogger logger, string channel);

    [LoggerMessage(4208, LogLevel.Warning, "Channel {Channel}: driver {Driver} cannot change who may join: {Reason}")]
    private static partial void LogNotPairing(ILogger logger, string channel, string driver, string reason);

    [LoggerMessage(4205, LogLevel.Error, "Channel {Channel}, driver {Driver}: {Reason}")]
    private static partial void LogLost(ILogger logger, string channel, string driver, string reason);
}
