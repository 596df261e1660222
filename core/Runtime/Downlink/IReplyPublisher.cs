using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>Where replies go. A seam: the hub session, or a fake that a test holds.</summary>
internal interface IReplyPublisher
{
    /// <summary>Publishes with QoS 1; ends when the hub has acknowledged.</summary>
    /// <exception cref="HubOfflineException">There is no connection, or it broke before the acknowledgement.</exception>
    /// <exception cref="TimeoutException">No acknowledgement in time.</exception>
    Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, PublishPriority priority, CancellationToken cancellationToken);
}
