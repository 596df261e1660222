using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>Where values and events go. A seam: the hub session, or a fake that a test holds.</summary>
internal interface IUplinkPublisher
{
    /// <summary>Publishes what is made when there is room for it; see <see cref="HubSession.PublishNextAsync"/>.</summary>
    /// <returns>Whether there was a message; ends when the hub has acknowledged.</returns>
    /// <exception cref="HubOfflineException">There is no connection, or it broke before the acknowledgement.</exception>
    /// <exception cref="TimeoutException">No acknowledgement in time.</exception>
    Task<bool> PublishNextAsync(Func<HubPublish?> make, PublishPriority priority, CancellationToken cancellationToken);
}
