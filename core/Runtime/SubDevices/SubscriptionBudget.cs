using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>Who may be subscribed to, where the hub does not take as many subscriptions as there are sub-devices.</summary>
/// <remarks>
/// Decided from the plan alone, so that the same sub-devices can be commanded today and tomorrow. When the plan changes while the gateway
/// runs, who has a place keeps it.
/// Source of the limit: Tencent Cloud IoT Hub documentation, limits: 100 subscriptions for each device, here the gateway.
/// </remarks>
internal static class SubscriptionBudget
{
    /// <summary>Kept for the gateway's own topics: results of gateway operations, time, firmware, and one to spare.</summary>
    public const int KeptForGateway = 4;

    /// <summary>The most that commands leave to firmware updates, which can share places: see <see cref="UpdateSubscriptions"/>.</summary>
    private const int MaxKeptForFirmware = 8;

    /// <summary>Who has a place already comes first, then sub-devices with points that can be written, then those that bring their own
    /// points; each in the order of the plan.</summary>
    public static HashSet<SubDeviceId> Share(IEnumerable<SubDevicePlan> devices, int maxSubscriptions, Func<SubDeviceId, bool> hasPlace) =>
    [
        .. devices.Where(TakesCommands)
            .OrderBy(device => !hasPlace(device.Id))
            .ThenBy(device => device.Points.Count == 0)
            .Take(Math.Max(0, maxSubscriptions - KeptForGateway - KeptForFirmware(maxSubscriptions)))
            .Select(device => device.Id),
    ];

    /// <summary>How many places commands leave to firmware updates; one at least, for which there is one to spare.</summary>
    public static int PlacesForFirmware(IEnumerable<SubDevicePlan> devices, int maxSubscriptions) =>
        Math.Max(1, maxSubscriptions - KeptForGateway - Share(devices, maxSubscriptions, _ => false).Count);

    private static int KeptForFirmware(int maxSubscriptions) => Math.Clamp((maxSubscriptions - KeptForGateway) / 10, 0, MaxKeptForFirmware);

    /// <summary>Whether commands can be meant for it: something can be written, or its points are not known yet.</summary>
    public static bool TakesCommands(SubDevicePlan device) =>
        device.Points.Count == 0 || device.Points.Any(point => point.Access != PointAccess.Read);
}
