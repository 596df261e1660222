using System.Security.Cryptography.X509Certificates;

namespace BridgeFramework.IotHub;

/// <summary>What a connection is opened with.</summary>
/// <param name="Endpoint">Where to.</param>
/// <param name="ClientId">Product id and device name.</param>
/// <param name="Credentials">User name and password.</param>
/// <param name="ClientCertificate">For a certificate device.</param>
/// <param name="Now">The time at which the hub's certificate must be valid.</param>
/// <param name="KeepAlive">Announced in CONNECT.</param>
/// <param name="ReachWithin">How long it may take until TCP is connected, the look-up included.</param>
/// <param name="MaxPacketLength">The largest packet that is taken from the hub, bytes. One that announces more ends the connection.</param>
/// <param name="Received">Called for each message, one at a time, by the reading thread; must not block.</param>
internal sealed record HubConnectRequest(
    HubEndpoint Endpoint,
    string ClientId,
    ConnectCredentials Credentials,
    X509Certificate2? ClientCertificate,
    DateTimeOffset Now,
    TimeSpan KeepAlive,
    TimeSpan ReachWithin,
    int MaxPacketLength,
    Action<string, int, ReadOnlyMemory<byte>> Received);
