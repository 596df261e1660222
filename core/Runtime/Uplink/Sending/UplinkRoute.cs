namespace BridgeFramework.Runtime;

/// <summary>How a sub-device's messages look and where they go.</summary>
/// <param name="DataTopic">Where values go.</param>
/// <param name="EventTopic">Where events go.</param>
/// <param name="Encoder">Makes the messages.</param>
internal sealed record UplinkRoute(string DataTopic, string EventTopic, IUplinkEncoder Encoder)
{
    /// <summary>The routes of sub-devices, by owner in the outbox.</summary>
    public static IReadOnlyDictionary<string, UplinkRoute> Of(IEnumerable<SubDeviceConfiguration> devices, Func<SampleStamp, long> timeOf)
    {
        var plain = new PlainUplink(timeOf);
        var compact = new CompactUplink(timeOf);
        return devices.ToDictionary(
            device => device.Id.ToString(),
            device => new UplinkRoute($"{device.Id}/{device.Profile.Up}", $"{device.Id}/{device.Profile.Reply}", device.Profile.Format == UplinkFormat.Compact ? compact : plain),
            StringComparer.Ordinal);
    }
}
