using BridgeFramework.IotHub;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>What the hub says is bound to the gateway, beside what the gateway is told; differences first.</summary>
internal sealed record HubListView
{
    public required string Gateway { get; init; }

    /// <summary>Whether more may be bound: the hub's messages end at 16 KB, or its list could not be read as a whole.</summary>
    public required bool MayBePartial { get; init; }
    public required IReadOnlyList<HubListEntry> Devices { get; init; }

    public static HubListView Of(RunningGateway gateway, BoundList atHub)
    {
        var bound = atHub.Devices.Select(device => device.ToString()).ToHashSet(StringComparer.Ordinal);
        var here = gateway.Gateway.Status.SubDevices.Where(device => !device.IsLeaving).ToList();
        var known = here.Select(device => device.Id.ToString()).ToHashSet(StringComparer.Ordinal);
        IEnumerable<HubListEntry> entries =
        [
            .. here.Select(device => new HubListEntry(device.Id.ToString(), bound.Contains(device.Id.ToString()), Known: true,
                device.Channel.Length == 0 ? null : device.Channel)),
            .. atHub.Devices.Select(device => device.ToString()).Where(id => !known.Contains(id)).Select(
                id => new HubListEntry(id, BoundAtHub: true, Known: false, Channel: null)),
        ];
        return new HubListView
        {
            Gateway = gateway.Identity.ToString(),
            MayBePartial = atHub.MayBePartial,
            Devices = [.. entries.OrderBy(entry => !entry.Differs)],
        };
    }
}

/// <summary>A sub-device that the hub or the gateway knows, or both.</summary>
/// <param name="Id"><c>productId/deviceName</c>.</param>
/// <param name="BoundAtHub">Whether the hub lists it.</param>
/// <param name="Known">Whether <c>bridge.json</c> or <c>device_info.json</c> names it.</param>
/// <param name="Channel">The channel that has it; absent where none has.</param>
internal sealed record HubListEntry(string Id, bool BoundAtHub, bool Known, string? Channel = null)
{
    public bool Differs => !BoundAtHub || !Known;
}
