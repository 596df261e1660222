using System.Threading.Channels;
using BridgeFramework.Configuration;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Keeps one channel running: waits for its driver, runs it, and runs it again when it fails. What happens here no other channel notices.</summary>
internal sealed partial class ChannelSupervisor(
    ChannelPlan configuration,
    DriverCatalog drivers,
    IChannelStore store,
    UplinkIntake uplink,
    Action<SubDeviceId, Presence, string?> presence,
    Action<SubDeviceId, string> firmware,
    TimeProvider time,
    ILoggerFactory loggers)
{
    private static readonly RetryBackoff Backoff = new(First: TimeSpan.FromSeconds(1), Longest: TimeSpan.FromSeconds(60));

    private readonly ILogger _logger = loggers.CreateLogger<ChannelSupervisor>();
    private readonly Channel<bool> _catalogChanged = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PluginPatience _patience = new(time);
    private readonly DriverLife _life = new(configuration, new PluginPatience(time), time, loggers);
    private readonly HoldGate _hold = new();
    private readonly Lock _gate = new();
    private ChannelStatus _status = new() { Name = configuration.Name, Driver = configuration.Driver, State = ChannelState.Stopped, Since = time.GetUtcNow() };
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ActiveRun? _run;
    private IReadOnlyList<PointHealth> _lastHealth = [];
    private bool _isMoving;
    private long? _toldAt; // when the driver was told to make room for the next

    public ChannelStatus Status
    {
        get
        {
            lock (_gate) return _status;
        }
    }

    /// <summary>How its points do in the present run, or did in the last.</summary>
    public IReadOnlyList<PointHealth> Health
    {
        get
        {
            lock (_gate) return _run?.Channel.Health() ?? _lastHealth;
        }
    }

    public ChannelPlan Configuration => configuration;

    /// <summary>The present run, once its driver has said that it works.</summary>
    public ActiveRun? ServingRun
    {
        get
        {
            lock (_gate) return _run is { IsServing: true } run ? run : null;
        }
    }

    /// <summary>Completes when a driver serves.</summary>
    public async Task UntilServingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_run is { IsServing: true }) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

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
                await _hold.PassAsync(stopping);
                using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(stopping, _hold.Wanted);
                try
                {
                    await RunAndRestAsync(interrupted.Token);
                }
                catch (OperationCanceledException) when (interrupted.IsCancellationRequested && !stopping.IsCancellationRequested)
                {
                    // Held: it goes on with whatever driver is there then.
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Become(ChannelState.Stopped, reason: null, failures: 0);
        }
    }

    /// <summary>
    /// Ends the present run, so that another version of the driver can take over: commands under way finish or run out of time, then the
    /// driver is told to end. Until <see cref="Release"/> commands wait, and the sub-devices count as they did.
    /// </summary>
    /// <returns>How it did, when nothing of the channel runs any more. Not to be called again before it is released.</returns>
    public async Task<HeldChannel> HoldAsync(CancellationToken cancellationToken)
    {
        ActiveRun? run;
        lock (_gate) (run, _isMoving) = (_run, true);
        if (run is not null) await _patience.WaitAsync(run.DrainAsync(), cancellationToken);
        Become(ChannelState.Moving, "Its plugin is being replaced.", failures: 0);
        long toldAt = time.GetTimestamp();
        lock (_gate) _toldAt = toldAt;
        await _hold.RequestAsync().WaitAsync(cancellationToken);
        return new HeldChannel(toldAt, Health);
    }

    /// <summary>Lets it go on after <see cref="HoldAsync"/>; harmless where it does.</summary>
    public void Release() => _hold.Release();

    /// <summary>Carries out a command, or says why not. Never throws. A driver that is just starting is waited for.</summary>
    /// <param name="id">The sub-device.</param>
    /// <param name="command">The command.</param>
    /// <param name="begin">Asked immediately before the driver is: the reason why it must not be, or null. Never throws.</param>
    /// <param name="cancellationToken">Cancelled when the time for the command is up.</param>
    public async Task<CommandReply> ExecuteAsync(
        SubDeviceId id, DownlinkCommand command, Func<CancellationToken, Task<string?>> begin, CancellationToken cancellationToken)
    {
        var (run, refusal) = await EnterRunAsync(cancellationToken);
        if (run is null) return CommandReply.Of(command.Id, CommandOutcome.Absent, refusal);
        try
        {
            if (run.Channel.Find(id) is not { } device)
                return CommandReply.Of(command.Id, CommandOutcome.Absent, $"Channel {configuration.Name} does not have {id}.");
            if (run.Driver is not ICommandHandler handler)
                return CommandReply.Of(command.Id, CommandOutcome.Refused, $"Driver {configuration.Driver} takes no commands.");
            if (!await run.UntilServingAsync(cancellationToken))
                return CommandReply.Of(command.Id, CommandOutcome.Absent, $"Channel {configuration.Name} did not come to serve before the command's deadline.");
            return await CommandExecution.ExecuteAsync(handler, device, command, begin, run.Ending, cancellationToken);
        }
        finally
        {
            run.Leave();
        }
    }

    /// <summary>Opens the channel for unknown devices, or closes it with zero, where its driver can. Never throws.</summary>
    public async Task SetPairingAsync(TimeSpan window, CancellationToken cancellationToken)
    {
        ActiveRun? run;
        lock (_gate) run = _run;
        if (run?.Driver is not IPairing pairing) return;
        try
        {
            var opening = Task.Run(() => pairing.OpenAsync(window, run.Ending), CancellationToken.None);
            if (!await _patience.WaitAsync(opening, cancellationToken)) throw new TimeoutException("It did not return in time.");
            await opening;
            if (window > TimeSpan.Zero) LogPairing(_logger, configuration.Name, window.TotalSeconds);
            else LogPairingClosed(_logger, configuration.Name);
        }
        catch (Exception exception)
        {
            LogNotPairing(_logger, configuration.Name, configuration.Driver, exception.Message);
        }
    }

    /// <summary>The run that is to carry out a command, entered; or why there is none.</summary>
    private async Task<(ActiveRun? Run, string Refusal)> EnterRunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_run?.TryEnter() == true) return (_run, "");
                if (!_isMoving) return (null, $"Channel {configuration.Name} is not running ({_status.State}): {_status.Reason ?? "its driver is being started or stopped."}");
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) return (null, $"The plugin of channel {configuration.Name} is being replaced, and the command's time was up before that was done.");
        }
    }

    private async Task RunAndRestAsync(CancellationToken stopping)
    {
        var driver = await WaitForDriverAsync(stopping);
        var fault = await RunOnceAsync(driver, stopping);
        if (fault.IsLost)
        {
            LogLost(_logger, configuration.Name, configuration.Driver, fault.Reason);
            driver.Plugin?.LeftBehind($"channel {configuration.Name}: RunAsync of driver {configuration.Driver} did not return");
        }

        stopping.ThrowIfCancellationRequested();
        int failures = Status.Failures + 1;
        // Where trying again does not help, it waits for somebody to mend the cause.
        var rest = fault.IsTransient ? Backoff.After(failures) : Backoff.Longest;
        Become(ChannelState.BackingOff, fault.Reason, failures);
        LogFault(_logger, fault.Cause, configuration.Name, fault.Reason, rest.TotalSeconds);
        await Task.Delay(rest, time, stopping);
    }

    private async Task<CatalogedDriver> WaitForDriverAsync(CancellationToken stopping)
    {
        while (true)
        {
            if (drivers.TryGet(configuration.Driver, out var driver)) return driver;
            string known = drivers.Names.Count == 0 ? "none" : string.Join(", ", drivers.Names);
            Become(ChannelState.WaitingForDriver, $"No plugin brings driver '{configuration.Driver}' (loaded: {known}). Drop its plugin into the plugin folder, or correct 'driver'.", Status.Failures);
            LogWaiting(_logger, configuration.Name, configuration.Driver, known);
            TellAbsence();
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
            var created = await _life.CreateAsync(driver, stopping);
            try
            {
                var channel = new HostedChannel(configuration.Name, devices, store, uplink, presence, firmware, BecomeServing, time);
                var run = new ActiveRun(channel, created.Driver, driver.Plugin);
                Begin(run);
                return await run.RunAsync(_patience, stopping);
            }
            finally
            {
                End();
                await _life.DisposeAsync(created, driver.Plugin);
            }
        }
        catch (Exception exception)
        {
            return ChannelFault.Of(exception);
        }
        finally
        {
            if (!_hold.IsWanted) TellAbsence();
        }
    }

    private void Begin(ActiveRun run)
    {
        lock (_gate)
        {
            (_run, _isMoving) = (run, false);
            TellChange();
        }
    }

    private void End()
    {
        lock (_gate)
        {
            if (_run is { } run) _lastHealth = run.Channel.Health();
            _run = null;
        }
    }

    private void TellAbsence()
    {
        foreach (var device in configuration.Devices) presence(device.Id, Presence.Unknown, $"channel {configuration.Name} is not running");
    }

    private void BecomeServing(HostedChannel channel)
    {
        long? toldAt;
        lock (_gate)
        {
            if (_run is not { } run || !ReferenceEquals(run.Channel, channel)) return;
            run.SetServing();
            if (_status.State == ChannelState.Serving) return;
            (toldAt, _toldAt) = (_toldAt, null);
            Become(ChannelState.Serving, reason: null, failures: 0);
            if (toldAt is { } at) _status = _status with { Gap = time.GetElapsedTime(at) };
        }

        if (toldAt is { } told) LogMoved(_logger, configuration.Name, configuration.Driver, time.GetElapsedTime(told).TotalMilliseconds);
        else LogServing(_logger, configuration.Name, configuration.Driver, configuration.Devices.Count);
    }

    private void Become(ChannelState state, string? reason, int failures)
    {
        lock (_gate)
        {
            _status = _status with { State = state, Since = time.GetUtcNow(), Failures = failures, Reason = reason };
            // What has no run to move to is not on its way any more.
            if (state is ChannelState.WaitingForDriver or ChannelState.BackingOff or ChannelState.Stopped) (_isMoving, _toldAt) = (_hold.IsWanted, null);
            TellChange();
        }
    }

    private void TellChange()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(4201, LogLevel.Warning, "Channel {Channel} waits: no plugin brings driver '{Driver}' (loaded: {Known})")]
    private static partial void LogWaiting(ILogger logger, string channel, string driver, string known);

    [LoggerMessage(4202, LogLevel.Information, "Channel {Channel} is serving: driver {Driver}, sub-devices: {Count}")]
    private static partial void LogServing(ILogger logger, string channel, string driver, int count);

    [LoggerMessage(4203, LogLevel.Error, "Channel {Channel} failed: {Reason} Running it again in {Seconds:0} s")]
    private static partial void LogFault(ILogger logger, Exception? exception, string channel, string reason, double seconds);

    [LoggerMessage(4205, LogLevel.Error, "Channel {Channel}, driver {Driver}: {Reason}")]
    private static partial void LogLost(ILogger logger, string channel, string driver, string reason);

    [LoggerMessage(4206, LogLevel.Information, "Channel {Channel} lets unknown devices join for {Seconds:0} s: the hub asks for it")]
    private static partial void LogPairing(ILogger logger, string channel, double seconds);

    [LoggerMessage(4207, LogLevel.Information, "Channel {Channel} lets no unknown devices join any more: the hub asks for it")]
    private static partial void LogPairingClosed(ILogger logger, string channel);

    [LoggerMessage(4208, LogLevel.Warning, "Channel {Channel}: driver {Driver} cannot change who may join: {Reason}")]
    private static partial void LogNotPairing(ILogger logger, string channel, string driver, string reason);

    [LoggerMessage(4210, LogLevel.Information, "Channel {Channel} is serving with another version of its plugin: driver {Driver}, a gap of {Milliseconds:0} ms")]
    private static partial void LogMoved(ILogger logger, string channel, string driver, double milliseconds);
}
