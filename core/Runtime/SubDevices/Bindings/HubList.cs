using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>What the hub lists as bound to the gateway.</summary>
/// <param name="Bound">What is in the list.</param>
/// <param name="IsWhole">Whether what is not in it is not bound.</param>
internal sealed record HubList(IReadOnlySet<SubDeviceId> Bound, bool IsWhole)
{
    public static HubList Of(BoundList list)
    {
        var bound = new HashSet<SubDeviceId>();
        foreach (var device in list.Devices)
            if (SubDeviceId.TryParse(device.ToString(), out var id)) bound.Add(id);
        return new HubList(bound, !list.MayBePartial);
    }
}
