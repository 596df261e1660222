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
    private readonly UplinkRoutes _routes;
    private readonly UplinkPump _pump;
    private readonly OutboxWatch _watch;
    private volatile Wiring _wiring;

    /// <param name="plan">What the gateway is to be.</param>
    /// <param name="leaving">The sub-devices that leave.</param>
    /// <param name="hub">Where values go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <exception cref="IOException">What waits from earlier cannot be opened: the message says why.</exception>
    public GatewayUplink(
        GatewayPlan plan, IReadOnlyCollection<LeavingSubDevice> leaving, GatewayHub hub, TimeProvider time, ILoggerFactory loggers)
    {
        LatencyTarget = UplinkStore.LatencyTarget(plan, hub.Options.EffectivePace.PerSecond);
        var boots = plan.Uplink.Storage == UplinkStorage.Disk ? new BootTimesFile(new PrivateFolder(plan.Data.Folder).File("boots")) : null;
        _clock = new BootTimes(boots, BootId.Read(), hub.Session.Time, loggers.CreateLogger<BootTimes>());
        _routes = new UplinkRoutes(_clock.TimeOf);
        _wiring = new Wiring(plan, leaving, _routes);
        var (ofPump, ofWatch) = (loggers.CreateLogger<UplinkPump>(), loggers.CreateLogger<OutboxWatch>());
        // The last that can fail: what is opened here is closed only by who has all of this.
        _outbox = UplinkStore.Open(plan, LatencyTarget, WhenFullOf, time);
        AddOwners(plan);
        _pump = new UplinkPump(
            _outbox, hub.Link, owner => _wiring.Routes.GetValueOrDefault(owner), hub.Options.Window, plan.Uplink.LiveShare, time, ofPump);
        Intake = new UplinkIntake(_outbox, _clock, plan.SubDevices, plan.Uplink.BadInterval, time);
        _watch = new OutboxWatch(_outbox, _clock, time, ofWatch);
    }

    /// <summary>Where drivers' values go.</summary>
    public UplinkIntake Intake { get; }

    /// <summary>The latency that live values are to have: the one wanted, or what the rate of the hub allows where that is more.</summary>
    public TimeSpan LatencyTarget { get; private set; }

    public OutboxStatus Status => _outbox.Status;

    public IReadOnlyList<OwnerLedger> Ledgers => _outbox.Ledgers();

    public IEnumerable<Func<CancellationToken, Task>> Parts => [_pump.RunAsync, Intake.RunAsync, _watch.RunAsync];

    /// <summary>The plan and the sub-devices that leave, from now on.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="leaving">Those that leave.</param>
    /// <param name="hub">How the hub is reached.</param>
    public async Task ApplyAsync(GatewayPlan plan, IReadOnlyCollection<LeavingSubDevice> leaving, HubSessionOptions hub)
    {
        LatencyTarget = UplinkStore.LatencyTarget(plan, hub.EffectivePace.PerSecond);
        _pump.Apply(hub.Window, plan.Uplink.LiveShare);
        _outbox.Apply(UplinkStore.OptionsOf(plan, LatencyTarget, WhenFullOf));
        AddOwners(plan);
        Rewire(plan, leaving);
        await Intake.ApplyAsync(plan.SubDevices, plan.Uplink.BadInterval);
    }

    /// <summary>These leave from now on, and no others.</summary>
    public void Rewire(GatewayPlan plan, IReadOnlyCollection<LeavingSubDevice> leaving) => _wiring = new Wiring(plan, leaving, _routes);

    /// <summary>Whether something of a sub-device waits for the hub, or is on its way.</summary>
    public bool HasPending(SubDeviceId id) => !_outbox.IsDrained(id.ToString());

    /// <summary>A sub-device has left: what still waits of it is given up.</summary>
    public void Remove(SubDeviceId id) => _outbox.RemoveOwner(id.ToString());

    /// <summary>Takes what the hub is known to have of a sub-device: values go while it has it online.</summary>
    public void Follow(SubDeviceId id, CloudState state)
    {
        string owner = id.ToString();
        // Of one without a channel something may wait that an earlier configuration left: nobody knows any more how to say it.
        if (!_wiring.Routes.ContainsKey(owner)) return;
        if (state == CloudState.Online) _outbox.Open(owner);
        else _outbox.Close(owner);
    }

    /// <summary>Those of a plan, and not those that leave: what was given up of one would be back with it.</summary>
    private void AddOwners(GatewayPlan plan) => _outbox.AddOwners(plan.SubDevices.Select(device => device.Id.ToString()));

    private WhenFull WhenFullOf(string owner) => _wiring.WhenFullOf(owner);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _clock.Keep();
        await _outbox.DisposeAsync();
    }
}
