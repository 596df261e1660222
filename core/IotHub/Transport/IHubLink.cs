namespace BridgeFramework.IotHub;

/// <summary>One MQTT connection. Used from several threads.</summary>
internal interface IHubLink : IAsyncDisposable
{
    /// <summary>Completes, and never fails, when the connection has ended, whoever ended it.</summary>
    Task<LinkEnd> Closed { get; }

    /// <summary>QoS 0 completes when written, QoS 1 at PUBACK. Calls are written in the order they were made.</summary>
    Task PublishAsync(HubPublish publish, CancellationToken cancellationToken);

    /// <returns>Whether the hub granted it.</returns>
    Task<bool> SubscribeAsync(string topic, int qos, CancellationToken cancellationToken);

    Task UnsubscribeAsync(string topic, CancellationToken cancellationToken);

    /// <summary>Completes at PINGRESP.</summary>
    Task PingAsync(CancellationToken cancellationToken);

    /// <summary>Says goodbye to the hub; disposing without it just cuts the connection.</summary>
    Task DisconnectAsync(CancellationToken cancellationToken);
}
