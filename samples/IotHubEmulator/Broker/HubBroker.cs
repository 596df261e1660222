using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace BridgeFramework.IotHubEmulator;

/// <summary>The MQTT listener: starts and stops it, publishes to devices, ends connections. What it permits is
/// <see cref="BrokerPolicy"/>.</summary>
internal sealed class HubBroker(
    HubEmulatorOptions options, DeviceRegistry registry, BrokerPolicy policy, X509Certificate2? certificate) : IAsyncDisposable
{
    /// <summary>The sender of what the hub itself publishes; no device can have it, a client id holds no <c>$</c>.</summary>
    public const string HubSender = "$hub";

    // The documented offline queue of a session holds 150 messages; a connected device gets more room so that bursts survive.
    private const int MaxPendingMessages = 10_000;

    private MqttServer? _server;
    private long _injected;

    /// <summary>The port in use; 0 before the first start when a free one is wanted.</summary>
    public int Port { get; private set; } = options.MqttPort;

    /// <summary>The TLS port in use, if there is a TLS listener.</summary>
    public int? TlsPort { get; private set; } = options.MqttTlsPort;

    public async Task StartAsync()
    {
        if (_server is not null) return;
        var settings = CreateSettings();
        var server = new MqttServerFactory().CreateMqttServer(settings);
        policy.Attach(server);
        server.ApplicationMessageNotConsumedAsync += policy.OnNotConsumedAsync;
        try
        {
            await server.StartAsync();
        }
        catch (SocketException exception)
        {
            server.Dispose();
            throw new IOException(
                $"The broker cannot listen on {options.Listen}, port {Port}{(TlsPort is null ? "" : $" and {TlsPort}")} "
                    + $"({exception.Message}): choose another port, or 0 for a free one.", exception);
        }

#pragma warning disable IDISP003 // There is none: see the first line.
        _server = server;
#pragma warning restore IDISP003
        Port = settings.DefaultEndpointOptions.Port;
        if (TlsPort is not null) TlsPort = settings.TlsEndpointOptions.Port;
    }

    /// <summary>Ends all connections and listens no more. Devices, bindings and records stay; broker sessions do not.</summary>
    public async Task StopAsync()
    {
        if (_server is not { } server) return;
#pragma warning disable IDISP003 // It is disposed below, when it has stopped; meanwhile nobody shall use it.
        _server = null;
#pragma warning restore IDISP003
        await server.StopAsync(new MqttServerStopOptions());
        server.Dispose();
        foreach (var connection in registry.Connections()) registry.EndConnection(connection, options.ForgetOnlineOnDisconnect);
    }

    /// <summary>Publishes to whoever may and does subscribe, QoS 0 for answers, never retained.</summary>
    /// <returns>Whether anyone was subscribed.</returns>
    /// <exception cref="InvalidOperationException">The broker is stopped.</exception>
    public async Task<bool> PublishAsync(string topic, ReadOnlyMemory<byte> payload, int qos = 0)
    {
        var server = _server ?? throw new InvalidOperationException("The broker is stopped.");
        string sender = string.Create(CultureInfo.InvariantCulture, $"{HubSender}{Interlocked.Increment(ref _injected)}");
        var message = new MqttApplicationMessageBuilder()
            .WithTopic(topic).WithPayload(payload.ToArray()).WithQualityOfServiceLevel((MqttQualityOfServiceLevel)qos).Build();
        await server.InjectApplicationMessage(new InjectedMqttApplicationMessage(message) { SenderClientId = sender });
        return !policy.TakeNotConsumed(sender);
    }

    /// <summary>Closes a gateway's connection without a word, as the hub does.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> DisconnectAsync(HubDeviceId gateway)
    {
        if (_server is not { } server || registry.FindConnection(gateway) is null) return false;
        try
        {
            await server.DisconnectClientAsync(gateway.ClientId, new MqttServerClientDisconnectOptions());
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;   // it went by itself meanwhile
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private MqttServerOptions CreateSettings()
    {
        bool v4 = options.Listen.AddressFamily is AddressFamily.InterNetwork;
        var addressV4 = v4 ? options.Listen : IPAddress.None;
        var addressV6 = v4 ? IPAddress.None : options.Listen;
        // No ReuseAddress: on Linux two hubs would share a port, and each device would meet one of them by chance. A hub that restarts need
        // not wait for the connections it closed, .NET sees to that.
        var builder = new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointBoundIPAddress(addressV4)
            .WithDefaultEndpointBoundIPV6Address(addressV6)
            .WithDefaultEndpointPort(Port)
            .WithMaxPendingMessagesPerClient(MaxPendingMessages)
            .WithPersistentSessions()
            .WithDefaultCommunicationTimeout(TimeSpan.FromSeconds(15))   // for who connects and then says nothing
            .WithoutPacketFragmentation();
        if (TlsPort is { } tlsPort)
        {
            builder = builder.WithEncryptedEndpoint()
                .WithEncryptedEndpointBoundIPAddress(addressV4)
                .WithEncryptedEndpointBoundIPV6Address(addressV6)
                .WithEncryptedEndpointPort(tlsPort)
                .WithEncryptionCertificate(certificate);
        }

        return builder.Build();
    }
}
