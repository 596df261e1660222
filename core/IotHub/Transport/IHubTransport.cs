namespace BridgeFramework.IotHub;

/// <summary>Opens MQTT connections. Real: <see cref="MqttNetTransport"/>; tests script their own.</summary>
internal interface IHubTransport
{
    /// <summary>Opens one connection; returns after CONNACK 0.</summary>
    /// <exception cref="HubConnectException">It did not come about, with the reason.</exception>
    Task<IHubLink> ConnectAsync(HubConnectRequest request, CancellationToken cancellationToken);
}
