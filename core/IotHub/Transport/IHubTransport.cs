using System.Security.Cryptography.X509Certificates;

namespace BridgeFramework.IotHub;

/// <summary>Opens MQTT connections. Real: <see cref="MqttNetTransport"/>; tests script their own.</summary>
internal interface IHubTransport
{
    /// <summary>Opens one connection; returns after CONNACK 0.</summary>
    /// <exception cref="HubConnectException">It did not come about, with the reason.</exception>
    Task<IHubLink> ConnectAsync(HubConnectRequest request, CancellationToken cancellationToken);
}

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

/// <param name="Endpoint">Where to.</param>
/// <param name="ClientId">Product id and device name.</param>
/// <param name="Credentials">User name and password.</param>
/// <param name="ClientCertificate">For a certificate device.</param>
/// <param name="Now">The time at which the hub's certificate must be valid.</param>
/// <param name="KeepAlive">Announced in CONNECT.</param>
/// <param name="Received">Called for each message, one at a time, by the reading thread; must not block.</param>
internal sealed record HubConnectRequest(
    HubEndpoint Endpoint,
    string ClientId,
    ConnectCredentials Credentials,
    X509Certificate2? ClientCertificate,
    DateTimeOffset Now,
    TimeSpan KeepAlive,
    Action<string, int, ReadOnlyMemory<byte>> Received);
