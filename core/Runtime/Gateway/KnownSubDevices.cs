using System.Text.Json;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>All sub-devices of a gateway: those of its channels, then those that only its <c>device_info.json</c> names.</summary>
/// <param name="All">Each once, with the name of its channel; empty where it has none.</param>
/// <param name="Secrets">What each is bound with, if it can be.</param>
internal sealed record KnownSubDevices(
    IReadOnlyList<(string Channel, SubDeviceConfiguration Device)> All, IReadOnlyDictionary<SubDeviceId, DeviceSecret?> Secrets)
{
    private static readonly JsonElement NoSettings = JsonElement.Parse("{}");

    public static KnownSubDevices Of(GatewayConfiguration configuration, IReadOnlyList<DeviceInfoSubDevice> listed)
    {
        var all = configuration.Channels.SelectMany(channel => channel.Devices, (channel, device) => (channel.Name, device)).ToList();
        var secrets = all.ToDictionary(pair => pair.device.Id, pair => SecretOf(pair.device));
        foreach (var (identity, secret) in listed)
        {
            if (!SubDeviceId.TryParse(identity.ToString(), out var id)) continue;
            // It does not bind by itself: nobody asked for it. An operator can.
            if (secrets.TryAdd(id, secret)) all.Add(("", new SubDeviceConfiguration { Id = id, Settings = NoSettings }));
            else secrets[id] ??= secret;
        }

        return new KnownSubDevices(all, secrets);
    }

    private static DeviceSecret? SecretOf(SubDeviceConfiguration device) =>
        DeviceSecret.TryParse(device.Secret?.Reveal(), out var secret, out _) ? secret : null;
}
