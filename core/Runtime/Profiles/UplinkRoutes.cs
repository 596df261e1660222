using System.Collections.Frozen;
using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>What the profiles of a gateway's products say of their messages upwards.</summary>
/// <param name="timeOf">What time a stamp is, in ms since the epoch.</param>
internal sealed class UplinkRoutes(Func<SampleStamp, long> timeOf)
{
    private readonly PlainUplink _plain = new(timeOf);
    private readonly CompactUplink _compact = new(timeOf);

    /// <summary>The routes of sub-devices, by owner in the outbox.</summary>
    public FrozenDictionary<string, UplinkRoute> Of(IEnumerable<(SubDeviceId Id, ProfileSettings Profile)> devices) =>
        devices.ToFrozenDictionary(
            device => device.Id.ToString(),
            device => new UplinkRoute(
                $"{device.Id}/{device.Profile.Up}",
                $"{device.Id}/{device.Profile.Reply}",
                device.Profile.Format == UplinkFormat.Compact ? _compact : _plain),
            StringComparer.Ordinal);
}
