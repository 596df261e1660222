namespace BridgeFramework.IotHubEmulator;

/// <content>What became of the numbers that a gateway gives the samples of its sub-devices.</content>
public sealed partial class HubEmulator
{
    /// <summary>What arrived from each device that published on a custom topic, ordered by device.</summary>
    public IReadOnlyList<UplinkDevice> UplinkDevices => _record.Uplink.Snapshot();

    /// <summary>The lanes that had a message, ordered by device, live first.</summary>
    public IReadOnlyList<UplinkLane> UplinkLanes => [.. UplinkDevices.SelectMany(device => device.Lanes)];

    /// <summary>Forgets all numbers: the next message of each lane is its first.</summary>
    public void ForgetUplink() => _record.Uplink.Clear();

    /// <summary>Completes when <paramref name="predicate"/> holds for a lane, now or later.</summary>
    public Task<UplinkLane> WaitForUplinkAsync(
        HubDeviceId device, UplinkLaneKind lane, Func<UplinkLane, bool> predicate, CancellationToken cancellationToken) =>
        _record.Uplink.WaitForAsync(device, lane, predicate, cancellationToken);
}
