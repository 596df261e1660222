namespace BridgeFramework.IotHubEmulator;

/// <param name="Gaps">Pairs of the first and last number that never came.</param>
internal sealed record UplinkEpochView(
    string Epoch, long First, long Last, UplinkCounts Counts, IReadOnlyList<long[]> Gaps, IReadOnlyList<UplinkConflict> ConflictsFound)
{
    public static UplinkEpochView Of(UplinkEpoch epoch) => new(
        epoch.Epoch, epoch.First, epoch.Last, epoch.Counts, [.. epoch.Gaps.Select(gap => new[] { gap.First, gap.Last })],
        epoch.ConflictsFound);
}

internal sealed record UplinkLaneView(
    UplinkLaneKind Lane, UplinkCounts Counts, IReadOnlyList<UplinkEpochView> Epochs, long ForgottenEpochs)
{
    public static UplinkLaneView Of(UplinkLane lane) => new(
        lane.Lane, lane.Counts, [.. lane.Epochs.Select(UplinkEpochView.Of)], lane.ForgottenEpochs);
}

internal sealed record UplinkDeviceView(
    string ProductId, string DeviceName, IReadOnlyList<UplinkLaneView> Lanes, long Replies, long Foreign, string? ForeignReason)
{
    public static UplinkDeviceView Of(UplinkDevice device) => new(
        device.Device.ProductId, device.Device.DeviceName, [.. device.Lanes.Select(UplinkLaneView.Of)], device.Replies, device.Foreign,
            device.ForeignReason);
}

internal sealed record UplinkView(UplinkCounts Total, long Replies, long Foreign, IReadOnlyList<UplinkDeviceView> Devices)
{
    public static UplinkView Of(IReadOnlyList<UplinkDevice> devices) => new(
        UplinkCounts.Sum([.. devices.SelectMany(device => device.Lanes).Select(lane => lane.Counts)]),
        devices.Sum(device => device.Replies), devices.Sum(device => device.Foreign), [.. devices.Select(UplinkDeviceView.Of)]);
}
