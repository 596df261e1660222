using BridgeFramework.Configuration;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>From one plan to the next while it runs.</summary>
public sealed partial class BridgeGateway
{
    /// <summary>Reaches its hub as another plan says; before that plan is applied, as it may be refused.</summary>
    /// <exception cref="ArgumentException">The options are out of range or of another gateway: nothing has changed.</exception>
    internal Task ApplyHubAsync(GatewayPlan next, HubSessionOptions hub) => _hub.ApplyAsync(next, hub);

    /// <summary>How it reaches its hub.</summary>
    internal HubSessionOptions Hub => _hub.Options;

    /// <summary>Brings it to another plan. What does not differ notices nothing.</summary>
    /// <remarks>
    /// Which sub-devices leave is written down first. Then what ends is ended, so that no sub-device is on two channels at a time; then all
    /// tables change; then what is new begins. Whatever is known under the id of a sub-device is kept. A kill in the middle leaves nothing
    /// half done: the next start goes by its configuration, and by what is written down of those that leave. For one caller at a time.
    /// </remarks>
    /// <param name="next">What it is to be. What needs a restart does not differ.</param>
    /// <param name="diff">What differs from <see cref="Plan"/>.</param>
    /// <param name="cancellationToken">The gateway is to end: then it is left where it is.</param>
    /// <returns>The channels that have started anew.</returns>
    internal async Task<IReadOnlyList<string>> ApplyAsync(GatewayPlan next, PlanDiff diff, CancellationToken cancellationToken)
    {
        var from = _plan;
        var channels = new ChannelChanges(_channels, from, next, diff);
        await _departures.ChangeAsync(leaving => NextLeaving(leaving, from, next), async leaving =>
        {
            await channels.EndAsync(cancellationToken);
            channels.Take();
            _plan = next;
            await _uplink.ApplyAsync(next, leaving, Hub);
            _subDevices.Apply(next, leaving, Hub.EffectivePace.PerSecond);
            _downlink.Apply(_channels, leaving);
            _firmware.Apply(next.Firmware, _channels.Devices, leaving.Select(device => device.Id));
            await channels.BeginAsync(cancellationToken);
        });
        await _firmware.ApplyAsync(
            SubscriptionBudget.PlacesForFirmware([.. next.SubDevices], next.Hub.MaxSubscriptions),
            next.SubDevices.Select(device => device.Id).ToHashSet(),
            cancellationToken);
        return channels.Restarted;
    }

    /// <summary>Says which channels a plan starts anew.</summary>
    internal IReadOnlyList<string> FindRestarts(GatewayPlan next, PlanDiff diff) =>
        new ChannelChanges(_channels, _plan, next, diff).Expected;

    /// <summary>Those that leave, and those that one plan names and the next does not; but none that the next names.</summary>
    private static IEnumerable<LeavingSubDevice> NextLeaving(
        IReadOnlyDictionary<SubDeviceId, LeavingSubDevice> leaving, GatewayPlan? from, GatewayPlan next)
    {
        var named = next.SubDevices.Select(device => device.Id).ToHashSet();
        // Of another gateway nothing is left here.
        var gone = from?.DeviceInfo.Gateway == next.DeviceInfo.Gateway ? from.SubDevices : [];
        return leaving.Values.Concat(gone.Select(device => new LeavingSubDevice(device.Id, device.Profile, TimeSpan.Zero)))
            .Where(device => !named.Contains(device.Id)).DistinctBy(device => device.Id);
    }

    /// <summary>A sub-device on its way out of all parts of the gateway.</summary>
    private sealed class DepartureSteps(BridgeGateway gateway) : IDepartureSteps
    {
        public bool IsConnected => gateway._hub.Session.Status.IsOnline;

        public bool HasPending(SubDeviceId id) => gateway._uplink.HasPending(id) || gateway._downlink.HasReplies(id)
            || gateway._firmware.HasNews(id);

        public void GiveUp(SubDeviceId id)
        {
            gateway._uplink.Remove(id);
            gateway._downlink.Forget(id);
            gateway._firmware.Forget(id);
        }

        public Task<bool> PartAsync(SubDeviceId id) =>
            gateway._subDevices.Reconciler.LeaveAsync(id, gateway.Plan.Hub.UnbindRemoved);

        public void Forget(SubDeviceId id, IReadOnlyCollection<LeavingSubDevice> others) => gateway._uplink.Rewire(gateway.Plan, others);
    }
}
