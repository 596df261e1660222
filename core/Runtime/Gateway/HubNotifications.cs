using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>What the hub says of sub-devices without having been asked, carried to whom it concerns.</summary>
/// <param name="operations">Where it comes from.</param>
/// <param name="reconciler">Learns what the hub has bound, and that somebody orders the opposite of an override there.</param>
/// <param name="channels">Those of now: they let sub-devices join.</param>
/// <param name="pairingWindow">How long they do by now, once the hub asks for it.</param>
/// <param name="isNewest">Whether there was no other connection since.</param>
/// <param name="logger">The log.</param>
internal sealed partial class HubNotifications(
    GatewayOperations operations,
    SubDeviceReconciler reconciler,
    Func<IReadOnlyList<ChannelPairing>> channels,
    Func<TimeSpan> pairingWindow,
    Func<int, bool> isNewest,
    ILogger<HubNotifications> logger)
{
    /// <summary>Carries until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await foreach (var notification in operations.Notifications.ReadAllAsync(stopping))
        {
            switch (notification)
            {
                case TopologyChanged change:
                    Follow(change);
                    break;
                case AllUnbound:
                    reconciler.AllUnbound(notification.Attempt);
                    break;
                case DeviceSearch search when isNewest(notification.Attempt):
                    // Not awaited: it cannot fail, and a driver that takes its time must not hold up the hub's next word.
                    foreach (var channel in channels()) _ = channel.SetAsync(search.Start ? pairingWindow() : TimeSpan.Zero, stopping);
                    break;
                case NotificationsMissed:
                    reconciler.NotificationsMissed(await BoundAtHubAsync(stopping));
                    break;
                default:
                    LogNotification(logger, notification.GetType().Name);
                    break;
            }
        }
    }

    private void Follow(TopologyChanged change)
    {
        foreach (var device in change.Devices)
        {
            if (!SubDeviceId.TryParse(device.ToString(), out var id)) continue;
            reconciler.TopologyChanged(id, change.Bound, change.Attempt);
            // Somebody's hand, too: the opposite order.
            if (change.Bound) reconciler.EndOverride(id, ManualOverride.Unbound);
        }
    }

    /// <summary>What the hub lists as bound; nothing if it does not answer, which makes the reconciler ask about each.</summary>
    private async Task<IReadOnlySet<SubDeviceId>> BoundAtHubAsync(CancellationToken stopping)
    {
        try
        {
            return HubList.Of(await operations.DescribeAsync(stopping)).Bound;
        }
        catch (Exception exception) when (exception is HubOfflineException or TimeoutException or GatewayOperationException)
        {
            LogNotDescribed(logger, exception.Message);
            return new HashSet<SubDeviceId>();
        }
    }

    [LoggerMessage(4403, LogLevel.Debug, "Notification {Kind} of the hub is not acted upon")]
    private static partial void LogNotification(ILogger logger, string kind);

    [LoggerMessage(4404, LogLevel.Warning, "The hub did not say which sub-devices are bound; each is asked about: {Reason}")]
    private static partial void LogNotDescribed(ILogger logger, string reason);
}
