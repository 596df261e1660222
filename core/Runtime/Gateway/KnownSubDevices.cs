using System.Text.Json;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>All sub-devices of a gateway: those of its channels, then those that only its <c>device_info.json</c> names, which do nothing
/// until an operator orders it.</summary>
/// <param name="All">Each once, with the name of its channel; empty where it has none.</param>
/// <param name="ByHand">The same for an operator's orders, each with the secret that <c>device_info.json</c> has for it.</param>
internal sealed record KnownSubDevices(
    IReadOnlyList<(string Channel, SubDevicePlan Device)> All, IReadOnlyDictionary<SubDeviceId, ListedSubDevice> ByHand)
{
    private static readonly JsonElement NoSettings = JsonElement.Parse("{}");

    public static KnownSubDevices Of(GatewayPlan configuration)
    {
        var all = configuration.Channels.SelectMany(channel => channel.Devices, (channel, device) => (channel.Name, device)).ToList();
        var byHand = all.ToDictionary(pair => pair.device.Id, pair => new ListedSubDevice(pair.device, Secret: null));
        foreach (var (identity, secret) in configuration.DeviceInfo.SubDevices)
        {
            if (!SubDeviceId.TryParse(identity.ToString(), out var id)) continue;
            // It does not bind by itself: nobody asked for it. An operator can.
            var device = byHand.GetValueOrDefault(id)?.Device ?? new SubDevicePlan { Id = id, Settings = NoSettings };
            if (!byHand.ContainsKey(id)) all.Add(("", device));
            byHand[id] = new ListedSubDevice(device, secret);
        }

        return new KnownSubDevices(all, byHand);
    }
}

/// <summary>A sub-device with the secret that <c>device_info.json</c> has for it, which serves where the configuration has none.</summary>
internal sealed record ListedSubDevice(SubDevicePlan Device, DeviceSecret? Secret)
{
    public bool CanBind => Device.CanBind || Secret is not null;
}
