using System.Net;
using System.Net.Sockets;
using MQTTnet.Server;

namespace BridgeFramework.Benchmarks;

/// <summary>A broker that takes everything from everybody, for the far side of the gateway.</summary>
internal static class Broker
{
    /// <summary>The command that runs it.</summary>
    public const string Command = "broker";

    /// <summary>Says its port and serves until standard input ends.</summary>
    public static async Task RunAsync()
    {
        int port = FreePort();
        var factory = new MqttServerFactory();
        using var server = factory.CreateMqttServer(factory.CreateServerOptionsBuilder()
            .WithDefaultEndpoint().WithDefaultEndpointPort(port)
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback).WithDefaultEndpointBoundIPV6Address(IPAddress.None)
            .Build());
        await server.StartAsync();
        await Console.Out.WriteLineAsync($"{port}");
        while (await Console.In.ReadLineAsync() is not null) { }
        await server.StopAsync();
    }

    // The server cannot be asked for the port it found, so that 0 is of no use to it.
    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port; // bound above
    }
}
