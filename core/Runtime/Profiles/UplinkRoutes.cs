using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>What the profiles of a gateway's products say of their messages upwards.</summary>
internal static class UplinkRoutes
{
    /// <summary>The routes of sub-devices, by owner in the outbox.</summary>
    /// <param name="devices">The sub-devices.</param>
    /// <param name="timeOf">What time a stamp is, in ms since the epoch.</param>
    public static IReadOnlyDictionary<string, UplinkRoute> Of(IEnumerable<SubDevicePlan> devices, Func<SampleStamp, long> timeOf)
    {
        var plain = new PlainUplink(timeOf);
        var compact = new CompactUplink(timeOf);
        return devices.ToDictionary(
            device => device.Id.ToString(),
            device => new UplinkRoute(
                $"{device.Id}/{device.Profile.Up}",
                $"{device.Id}/{device.Profile.Reply}",
                device.Profile.Format == UplinkFormat.Compact ? compact : plain),
            StringComparer.Ordinal);
    }
}
