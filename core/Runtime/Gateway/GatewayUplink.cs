using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>All that a gateway has of values on their way up, put together: what takes them in, where they wait, what sends them.</summary>
internal sealed class GatewayUplink : IAsyncDisposable
{
    private readonly LaneOutbox _outbox;
    private readonly BootTimes _clock;
    private readonly UplinkPump _pump;
    private readonly OutboxWatch _watch;
    private readonly HashSet<string> _owners;

    /// <param name="plan">What the gateway is to be.</param>
    /// <param name="hub">Where values go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <exception cref="IOException">What waits from earlier cannot be opened: the message says why.</exception>
    public GatewayUplink(GatewayPlan plan, GatewayHub hub, TimeProvider time, ILoggerFactory loggers)
    {
        LatencyTarget = UplinkStore.LatencyTarget(plan, hub.Options.EffectivePace.PerSecond);
        SubDevicePlan[] devices = [.. plan.SubDevices];
        _owners = devices.Select(device => device.Id.ToString()).ToHashSet(StringComparer.Ordinal);
        var boots = plan.Uplink.Storage == UplinkStorage.Disk ? new BootTimesFile(new PrivateFolder(plan.Data.Folder).File("boots")) : null;
        _clock = new BootTimes(boots, BootId.Read(), hub.Session.Time, loggers.CreateLogger<BootTimes>());
        var routes = UplinkRoutes.Of(devices, _clock.TimeOf);
        var (ofPump, ofWatch) = (loggers.CreateLogger<UplinkPump>(), loggers.CreateLogger<OutboxWatch>());
        // The last that can fail: what is opened here is closed only by who has all of this.
        _outbox = UplinkStore.Open(plan, LatencyTarget, time);
        _pump = new UplinkPump(_outbox, hub.Link, routes, hub.Options.Window, plan.Uplink.LiveShare, time, ofPump);
        Intake = new UplinkIntake(_outbox, _clock, devices, plan.Uplink.BadInterval, time);
        _watch = new OutboxWatch(_outbox, _clock, time, ofWatch);
    }

    /// <summary>Where drivers' values go.</summary>
    public UplinkIntake Intake { get; }

    /// <summary>The latency that live values are to have: the one wanted, or what the rate of the hub allows where that is more.</summary>
    public TimeSpan LatencyTarget { get; }

    public OutboxStatus Status => _outbox.Status;

    public IReadOnlyList<OwnerLedger> Ledgers => _outbox.Ledgers();

    public IEnumerable<Func<CancellationToken, Task>> Parts => [_pump.RunAsync, Intake.RunAsync, _watch.RunAsync];

    /// <summary>Takes what the hub is known to have of a sub-device: values go while it has it online.</summary>
    public void Follow(SubDeviceId id, CloudState state)
    {
        string owner = id.ToString();
        // Of one without a channel something may wait that an earlier configuration left: nobody knows any more how to say it.
        if (!_owners.Contains(owner)) return;
        if (state == CloudState.Online) _outbox.Open(owner);
        else _outbox.Close(owner);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _clock.Keep();
        await _outbox.DisposeAsync();
    }
}
