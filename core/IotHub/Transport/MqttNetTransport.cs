using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using BridgeFramework.Network;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;

namespace BridgeFramework.IotHub;

/// <summary>MQTT 3.1.1 over TCP or TLS by MQTTnet.</summary>
internal sealed class MqttNetTransport : IHubTransport
{
    // The library's default of 8 KiB for the socket buffers costs more throughput than anything else.
    private const int SocketBufferSize = 256 * 1024;

    public async Task<IHubLink> ConnectAsync(HubConnectRequest request, CancellationToken cancellationToken)
    {
        var host = await FindAsync(request.Endpoint, cancellationToken).ConfigureAwait(false);
        using var trust = request.Endpoint.Tls ? TlsTrust.Load(request) : null;
        for (int next = 1; ; next++)
        {
            try
            {
                return await ConnectAsync(request, host.All[next - 1], trust, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not HubConnectException)
            {
                // The library tells of a cancellation in exceptions of its own.
                cancellationToken.ThrowIfCancellationRequested();
                if (next == host.All.Count || CauseOf(e) is not SocketException) throw Failure(request, host, trust, e);
            }
        }
    }

    /// <exception cref="HubConnectException">The hub refuses the device.</exception>
    private static async Task<IHubLink> ConnectAsync(
        HubConnectRequest request, IPAddress address, TlsTrust? trust, CancellationToken cancellationToken)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        // A new client for each attempt: an event of an earlier connection has no way to reach this one.
        var link = new MqttNetLink(client, request.Received);
        try
        {
            var result = await client.ConnectAsync(Options(request, address, trust), cancellationToken).ConfigureAwait(false);
            if (result.ResultCode != MqttClientConnectResultCode.Success) throw Refusal(request, result.ResultCode);
            return link;
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<HostAddresses> FindAsync(HubEndpoint endpoint, CancellationToken cancellationToken)
    {
        try
        {
            return await HostLookup.Shared.FindAsync(endpoint.Host, within: null, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new HubConnectException(HubFaultKind.Unreachable, $"Hub {endpoint} not reachable: {e.Message}", e);
        }
    }

    private static MqttClientOptions Options(HubConnectRequest request, IPAddress address, TlsTrust? trust)
    {
        var endpoint = request.Endpoint;
        // No will and nothing retained: the hub supports neither.
        var builder = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithClientId(request.ClientId)
            .WithCredentials(request.Credentials.UserName, request.Credentials.Password)
            .WithCleanSession()
            .WithKeepAlivePeriod(request.KeepAlive)
            .WithEndPoint(new IPEndPoint(address, endpoint.Port))
            .WithoutPacketFragmentation();
        if (trust is not null) builder = builder.WithTlsOptions(trust.Configure);
        var options = builder.Build();
        var tcp = (MqttClientTcpOptions)options.ChannelOptions;
        tcp.BufferSize = SocketBufferSize;
        tcp.NoDelay = true;
        return options;
    }

    private static HubConnectException Refusal(HubConnectRequest request, MqttClientConnectResultCode code)
    {
        string who = $"'{request.ClientId}' at {request.Endpoint}";
        return code switch
        {
            MqttClientConnectResultCode.UnsupportedProtocolVersion => new(HubFaultKind.Rejected,
                $"The hub refused {who} (CONNACK 1, protocol version): check 'host' and 'port'; MQTT 3.1.1 is needed."),
            MqttClientConnectResultCode.ClientIdentifierNotValid => new(HubFaultKind.Rejected,
                $"The hub refused {who} (CONNACK 2, identifier): check product id and device name."),
            MqttClientConnectResultCode.BadUserNameOrPassword => new(HubFaultKind.Rejected,
                $"The hub refused the credentials of {who} (CONNACK 4): check the device secret, and the clock if it is right."),
            MqttClientConnectResultCode.NotAuthorized => new(HubFaultKind.Rejected,
                $"The hub does not allow {who} to connect (CONNACK 5): check that the device exists and is enabled in the console."),
            MqttClientConnectResultCode.ServerUnavailable => new(HubFaultKind.Refused,
                $"The hub refused {who} for now (CONNACK 3, server unavailable)."),
            _ => new(HubFaultKind.Refused, $"The hub refused {who} ({code})."),
        };
    }

    private static Exception CauseOf(Exception failure) =>
        failure is MqttCommunicationException { InnerException: { } inner } ? inner : failure;

    private static HubConnectException Failure(HubConnectRequest request, HostAddresses host, TlsTrust? trust, Exception failure)
    {
        var endpoint = request.Endpoint;
        var cause = CauseOf(failure);
        if (trust?.Objection is { } objection)
            return new HubConnectException(
                HubFaultKind.TlsFailed, $"TLS with {endpoint} failed: {objection.Reason}. To do: {objection.Remedy}.", failure);
        // By TLS 1.3 the hub judges our certificate after we are done: it has no other way to say no than to close the connection.
        if (trust is { IsHubTrusted: true } && request.ClientCertificate is { } own)
            return new HubConnectException(
                HubFaultKind.TlsFailed,
                $"{endpoint} closed the connection after it was shown the certificate '{own.Subject}', valid {own.NotBefore:yyyy-MM-dd} to "
                    + $"{own.NotAfter:yyyy-MM-dd}, so most likely it refuses that: {cause.Message.TrimEnd('.')}. To do: check that it is "
                    + "the device's own from the console, and has not expired.",
                failure);
        if (cause is AuthenticationException)
            return new HubConnectException(
                HubFaultKind.TlsFailed,
                $"TLS with {endpoint} failed: {cause.Message.TrimEnd('.')}. To do: check that 'port' is the one for TLS.",
                failure);
        return new HubConnectException(HubFaultKind.Unreachable, $"Hub {endpoint}{host.Note} not reachable: {cause.Message}", failure);
    }
}
