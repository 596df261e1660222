namespace BridgeFramework.IotHub;

/// <summary>Topics of firmware updates, of the gateway itself and of each of its sub-devices.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, firmware update of devices over MQTT. The hub does not tell the gateway of its
/// sub-devices' updates: each has topics of its own.</remarks>
public static class FirmwareTopics
{
    /// <summary>Matches <see cref="Update"/> of every device. For an inbox: the hub takes no wildcard in a subscription to it.</summary>
    public const string AnyUpdate = "$ota/update/+/+";

    private const string UpdateRoot = "$ota/update/";

    /// <summary>Device to hub: versions and progress.</summary>
    /// <param name="device">The gateway or a sub-device of it.</param>
    public static string Report(DeviceIdentity device) => $"$ota/report/{device}";

    /// <summary>Hub to device: what to update to.</summary>
    /// <param name="device">The gateway or a sub-device of it.</param>
    public static string Update(DeviceIdentity device) => UpdateRoot + device;

    /// <summary>Whose update topic it is.</summary>
    /// <param name="topic">A topic that something came on.</param>
    /// <param name="device">The device when the method returns true.</param>
    public static bool TryReadUpdate(string topic, out DeviceIdentity device)
    {
        ArgumentNullException.ThrowIfNull(topic);
        device = default;
        return topic.StartsWith(UpdateRoot, StringComparison.Ordinal) && DeviceIdentity.TryParse(
            topic[UpdateRoot.Length..], out device, out _);
    }
}
