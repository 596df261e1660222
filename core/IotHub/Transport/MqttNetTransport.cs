using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using MQTTnet;
using MQTTnet.Channel;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;

namespace BridgeFramework.IotHub;

/// <summary>MQTT 3.1.1 over TCP or TLS by MQTTnet, on a stream of ours.</summary>
internal sealed class MqttNetTransport(TimeProvider time) : IHubTransport
{
    public async Task<IHubLink> ConnectAsync(HubConnectRequest request, CancellationToken cancellationToken)
    {
        using var trust = request.Endpoint.Tls ? TlsTrust.Load(request.Endpoint, request.Now, request.ClientCertificate) : null;
        try
        {
#pragma warning disable IDISP001 // The link owns it, or it is disposed of where there is none.
            var stream = await HubStream.OpenAsync(request, trust, time, cancellationToken).ConfigureAwait(false);
#pragma warning restore IDISP001
            return await ConnectAsync(request, stream, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not HubConnectException)
        {
            // The library tells of a cancellation in exceptions of its own.
            cancellationToken.ThrowIfCancellationRequested();
            throw Failure(request, trust, e);
        }
    }

    /// <exception cref="HubConnectException">The hub refuses the device.</exception>
    private static async Task<IHubLink> ConnectAsync(
        HubConnectRequest request, Stream stream, CancellationToken cancellationToken)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        // A new client for each attempt: an event of an earlier connection has no way to reach this one.
        var link = new MqttNetLink(client, request.Received);
        try
        {
            var result = await client.ConnectAsync(Options(request, stream), cancellationToken).ConfigureAwait(false);
            if (result.ResultCode != MqttClientConnectResultCode.Success) throw Refusal(request, result.ResultCode);
            return link;
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
#pragma warning disable IDISP007 // handed over, and the client may not have come to take it
            await stream.DisposeAsync().ConfigureAwait(false);
#pragma warning restore IDISP007
            throw;
        }
    }

    // No will and nothing retained: the hub supports neither.
    private static MqttClientOptions Options(HubConnectRequest request, Stream stream) => new MqttClientOptionsBuilder()
        .WithProtocolVersion(MqttProtocolVersion.V311)
        .WithClientId(request.ClientId)
        .WithCredentials(request.Credentials.UserName, request.Credentials.Password)
        .WithCleanSession()
        .WithKeepAlivePeriod(request.KeepAlive)
        .WithTcpServer(request.Endpoint.Host, request.Endpoint.Port)
        .WithStreamProvider(new OpenStream(stream))
        .WithoutPacketFragmentation()
        .Build();

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

    private static Exception CauseOf(Exception failure)
    {
        while (failure is MqttCommunicationException or AggregateException && failure.InnerException is { } inner) failure = inner;
        return failure;
    }

    private static HubConnectException Failure(HubConnectRequest request, TlsTrust? trust, Exception failure)
    {
        var endpoint = request.Endpoint;
        var cause = CauseOf(failure);
        if (trust?.Objection is { } objection)
            return new HubConnectException(
                HubFaultKind.TlsFailed, $"TLS with {endpoint} failed: {objection.Reason}. To do: {objection.Remedy}.", failure);
        if (cause is OversizedPacketException)
            return new HubConnectException(HubFaultKind.Unreachable, $"{endpoint} is no hub: {cause.Message}.", failure);
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
        return new HubConnectException(HubFaultKind.Unreachable, $"Hub {endpoint} not reachable: {cause.Message}", failure);
    }

    /// <summary>The stream that is there already, TLS included; the client closes it.</summary>
    private sealed class OpenStream(Stream stream) : IMqttClientStreamProvider
    {
        public Task<Stream> ConnectAsync(EndPoint brokerEndPoint, CancellationToken cancellationToken) => Task.FromResult(stream);
    }
}
