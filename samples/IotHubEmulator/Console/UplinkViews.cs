namespace BridgeFramework.IotHubEmulator;

/// <summary>Counts of one lane, or of all.</summary>
internal sealed record UplinkCounts(
    long Samples, long Repeated, long NotCompared, long Conflicts, long OutOfOrder, long Missing, long Messages, long Plain, long Compact,
        long Events)
{
    public static UplinkCounts Of(UplinkLane lane) => new(
        lane.Samples, lane.Repeated, lane.NotCompared, lane.Conflicts, lane.OutOfOrder, lane.Missing,
        lane.Messages, lane.PlainMessages, lane.CompactMessages, lane.EventMessages);

    public static UplinkCounts Sum(IReadOnlyList<UplinkLane> lanes) => new(
        lanes.Sum(lane => lane.Samples), lanes.Sum(lane => lane.Repeated), lanes.Sum(lane => lane.NotCompared), lanes.Sum(
            lane => lane.Conflicts),
        lanes.Sum(lane => lane.OutOfOrder), lanes.Sum(lane => lane.Missing), lanes.Sum(lane => lane.Messages), lanes.Sum(
            lane => lane.PlainMessages),
        lanes.Sum(lane => lane.CompactMessages), lanes.Sum(lane => lane.EventMessages));
}

/// <param name="Gaps">Pairs of the first and last number that never came.</param>
internal sealed record UplinkLaneView(
    UplinkLaneKind Lane, long First, long Last, UplinkCounts Counts, IReadOnlyList<long[]> Gaps,
        IReadOnlyList<UplinkConflict> ConflictsFound)
{
    public static UplinkLaneView Of(UplinkLane lane) => new(
        lane.Lane, lane.First, lane.Last, UplinkCounts.Of(lane), [.. lane.Gaps.Select(gap => new[] { gap.First, gap.Last })],
            lane.ConflictsFound);
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
        UplinkCounts.Sum([.. devices.SelectMany(device => device.Lanes)]), devices.Sum(device => device.Replies),
        devices.Sum(device => device.Foreign), [.. devices.Select(UplinkDeviceView.Of)]);
}
