using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Server;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A real broker in this process, on a free loopback port.</summary>
internal static class LoopbackBroker
{
    public static Task<MqttServer> PlainAsync(int port, Action<ValidatingConnectionEventArgs>? connecting = null) => StartAsync(
        options =>
            options.WithDefaultEndpoint().WithDefaultEndpointPort(port).WithDefaultEndpointBoundIPAddress(IPAddress.Loopback), connecting);

    /// <param name="port">Where it listens.</param>
    /// <param name="certificate">The broker's own.</param>
    /// <param name="client">Judges the client's certificate; null asks for none.</param>
    public static Task<MqttServer> TlsAsync(int port, X509Certificate2 certificate, RemoteCertificateValidationCallback? client = null) =>
        StartAsync(
        options =>
        {
            options.WithoutDefaultEndpoint().WithEncryptedEndpoint().WithEncryptedEndpointPort(port)
                .WithEncryptedEndpointBoundIPAddress(IPAddress.Loopback).WithEncryptionCertificate(certificate);
            if (client is not null) options.WithClientCertificate(client);
        });

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<MqttServer> StartAsync(
        Action<MqttServerOptionsBuilder> configure, Action<ValidatingConnectionEventArgs>? connecting = null)
    {
        var factory = new MqttServerFactory();
        var options = factory.CreateServerOptionsBuilder().WithDefaultEndpointBoundIPV6Address(IPAddress.None)
            .WithEncryptedEndpointBoundIPV6Address(IPAddress.None);
        configure(options);
        var broker = factory.CreateMqttServer(options.Build());
        broker.ValidatingConnectionAsync += args =>
        {
            connecting?.Invoke(args);
            return Task.CompletedTask;
        };
        await broker.StartAsync();
        return broker;
    }
}
