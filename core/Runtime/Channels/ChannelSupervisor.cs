using System.Threading.Channels;
using BridgeFramework.Configuration;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>
/// Keeps one channel running: waits for its driver, runs it, and runs it again when it fails. What happens here no other channel notices.
/// </summary>
internal sealed partial class ChannelSupervisor(
    ChannelPlan first,
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
    private readonly Channel<bool> _catalogChanged =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PluginPatience _patience = new(time);
    private volatile ChannelPlan _plan = first;
    private volatile MoveReason _moved = MoveReason.Plugin; // the last time

    /// <summary>What it is to be. Given anew where the gateway's plan changes; a channel of another name is another channel.</summary>
    public ChannelPlan Plan
    {
        get => _plan;
        set
        {
            _plan = value;
            Standing.Follow(value);
        }
    }

    /// <summary>How it stands, for all who need its run.</summary>
    public ChannelStanding Standing { get; } = new(first, time);

    /// <summary>Where commands enter its runs.</summary>
    public CommandEntrance Entrance => field ??= new CommandEntrance(Standing);

    /// <summary>Drivers have come or gone: a channel that waits looks again.</summary>
    public void DriversChanged() => _catalogChanged.Writer.TryWrite(true);

    /// <summary>Ends the present run as failed, if its driver comes from this plugin.</summary>
    public void PluginCrashed(LoadedPlugin plugin, string reason)
    {
        if (Standing.Run is { } run && ReferenceEquals(run.Plugin, plugin)) run.Fail(reason);
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await Standing.Hold.PassAsync(stopping);
                using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(stopping, Standing.Hold.Wanted);
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
            Standing.Become(ChannelState.Stopped, reason: null, failures: 0);
        }
    }

    /// <summary>
    /// Ends the present run, so that another can take over: commands under way finish or run out of time, then the driver is told to
    /// end. Until <see cref="Release"/> commands wait, and the sub-devices count as they did.
    /// </summary>
    /// <param name="reason">What for.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>How it did, when nothing of the channel runs any more. Not to be called again before it is released.</returns>
    public async Task<HeldChannel> HoldAsync(MoveReason reason, CancellationToken cancellationToken)
    {
        _moved = reason;
        if (Standing.PrepareMove() is { } run) await _patience.WaitAsync(run.DrainAsync(), cancellationToken);
        long toldAt = Standing.Move(reason);
        await Standing.Hold.RequestAsync().WaitAsync(cancellationToken);
        return new HeldChannel(Plan, toldAt, Standing.Health);
    }

    /// <summary>The sub-devices of the present run, where its driver works and takes changes of them while it runs.</summary>
    public LiveDevices? FindLive() =>
        Standing.ServingRun is { Driver: ILiveDevices live } run && drivers.TryGet(Plan.Driver, out var driver)
            && ReferenceEquals(driver.Plugin, run.Plugin)
            ? new LiveDevices(run, live, driver.Registration, _patience, _logger)
            : null;

    /// <summary>Lets it go on after <see cref="HoldAsync"/>; harmless where it does.</summary>
    public void Release() => Standing.Hold.Release();

    private async Task RunAndRestAsync(CancellationToken stopping)
    {
        var plan = Plan; // another one comes only while nothing runs, or is one that the run has followed
        var driver = await WaitForDriverAsync(plan, stopping);
        var fault = await RunOnceAsync(plan, driver, stopping);
        if (fault.IsLost)
        {
            LogLost(_logger, plan.Name, plan.Driver, fault.Reason);
            driver.Plugin?.LeftBehind($"channel {plan.Name}: RunAsync of driver {plan.Driver} did not return");
        }

        stopping.ThrowIfCancellationRequested();
        int failures = Standing.Status.Failures + 1;
        // Where trying again does not help, it waits for somebody to mend the cause.
        var rest = fault.IsTransient ? Backoff.After(failures) : Backoff.Longest;
        Standing.Become(ChannelState.BackingOff, fault.Reason, failures);
        LogFault(_logger, fault.Cause, plan.Name, fault.Reason, rest.TotalSeconds);
        await Task.Delay(rest, time, stopping);
    }

    private async Task<CatalogedDriver> WaitForDriverAsync(ChannelPlan plan, CancellationToken stopping)
    {
        while (true)
        {
            if (drivers.TryGet(plan.Driver, out var driver)) return driver;
            string known = drivers.Names.Count == 0 ? "none" : string.Join(", ", drivers.Names);
            string reason = $"No plugin brings driver '{plan.Driver}' (loaded: {known}). "
                + "Drop its plugin into the plugin folder, or correct 'driver'.";
            Standing.Become(ChannelState.WaitingForDriver, reason, Standing.Status.Failures);
            LogWaiting(_logger, plan.Name, plan.Driver, known);
            TellAbsence();
            await _catalogChanged.Reader.ReadAsync(stopping);
        }
    }

    /// <returns>Why the run ended, whatever the reason.</returns>
    private async Task<ChannelFault> RunOnceAsync(ChannelPlan plan, CatalogedDriver driver, CancellationToken stopping)
    {
        Standing.Become(ChannelState.Starting, reason: null, Standing.Status.Failures);
        try
        {
            var devices = ChannelDevices.Create(plan, driver.Registration);
            var life = new DriverLife(plan, Standing, _patience, time, loggers);
            var created = await life.CreateAsync(driver, stopping);
            try
            {
                var channel = new HostedChannel(
                    plan.Name, devices, store, uplink, presence, firmware, BecomeServing, Standing.Traffic, time);
                var run = new ActiveRun(channel, created.Driver, driver.Plugin, Standing.Calls, Standing.Lost);
                Standing.Begin(run);
                return await run.RunAsync(_patience, stopping);
            }
            finally
            {
                Standing.End();
                await life.DisposeAsync(created, driver.Plugin);
            }
        }
        catch (Exception exception)
        {
            return ChannelFault.Of(exception);
        }
        finally
        {
            if (!Standing.Hold.IsWanted) TellAbsence();
        }
    }

    private void TellAbsence()
    {
        var plan = Plan;
        foreach (var device in plan.Devices) presence(device.Id, Presence.Unknown, $"channel {plan.Name} is not running");
    }

    private void BecomeServing(HostedChannel channel)
    {
        if (!Standing.TryServe(channel, out var gap)) return;
        var plan = Plan;
        if (gap is { } moved) LogMoved(_logger, plan.Name, _moved.After, plan.Driver, moved.TotalMilliseconds);
        else LogServing(_logger, plan.Name, plan.Driver, plan.Devices.Count);
    }

    [LoggerMessage(4201, LogLevel.Warning, "Channel {Channel} waits: no plugin brings driver '{Driver}' (loaded: {Known})")]
    private static partial void LogWaiting(ILogger logger, string channel, string driver, string known);

    [LoggerMessage(4202, LogLevel.Information, "Channel {Channel} is serving: driver {Driver}, sub-devices: {Count}")]
    private static partial void LogServing(ILogger logger, string channel, string driver, int count);

    [LoggerMessage(4203, LogLevel.Error, "Channel {Channel} failed: {Reason} Running it again in {Seconds:0} s")]
    private static partial void LogFault(ILogger logger, Exception? exception, string channel, string reason, double seconds);

    [LoggerMessage(4205, LogLevel.Error, "Channel {Channel}, driver {Driver}: {Reason}")]
    private static partial void LogLost(ILogger logger, string channel, string driver, string reason);

    [LoggerMessage(4210, LogLevel.Information,
        "Channel {Channel} is serving with {What}: driver {Driver}, a gap of {Milliseconds:0} ms")]
    private static partial void LogMoved(ILogger logger, string channel, string what, string driver, double milliseconds);
}
