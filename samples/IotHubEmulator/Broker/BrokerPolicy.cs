using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Decides on every packet as the hub does: who connects, who may publish and subscribe what, what
/// the hub itself consumes.</summary>
internal sealed partial class BrokerPolicy(
    HubEmulatorOptions options, DeviceRegistry registry, HubRecord record, FaultPlan faults, ILogger<BrokerPolicy> logger)
{
    public const int MaxPayloadBytes = 16 * 1024;
    private const int MaxSubscriptions = 100;
    private static readonly TimeSpan ConnectInterval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, RateWindow> _connects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _notConsumed = new(StringComparer.Ordinal);
    private MqttServer? _server;

    /// <summary>Who carries out what is published on system topics.</summary>
    public Func<SystemRequest, Task> OnSystemRequestAsync { get; set; } = _ => Task.CompletedTask;

    public void Attach(MqttServer server)
    {
        _server = server;
        server.ValidatingConnectionAsync += OnConnectAsync;
        server.InterceptingInboundPacketAsync += OnInboundAsync;
        server.InterceptingOutboundPacketAsync += OnOutboundAsync;
        server.InterceptingPublishAsync += OnPublishAsync;
        server.InterceptingSubscriptionAsync += OnSubscribeAsync;
        server.InterceptingUnsubscriptionAsync += OnUnsubscribeAsync;
        server.InterceptingClientEnqueueAsync += OnDeliverAsync;
        server.ClientDisconnectedAsync += OnDisconnectedAsync;
    }

    public Task OnNotConsumedAsync(ApplicationMessageNotConsumedEventArgs e)
    {
        if (IsHub(e.SenderId)) _notConsumed[e.SenderId] = true;
        return Task.CompletedTask;
    }

    public bool TakeNotConsumed(string sender) => _notConsumed.TryRemove(sender, out _);

    private async Task OnConnectAsync(ValidatingConnectionEventArgs e)
    {
        await faults.WaitWhileFrozenAsync(e.CancellationToken);
        string level = e.ProtocolVersion switch { MqttProtocolVersion.V310 => "3.1", MqttProtocolVersion.V311 => "3.1.1", _ => "5" };
        record.AddPacket(e.ClientId, PacketDirection.Up, "CONNECT", detail:
            $"MQTT {level} clean={(e.CleanSession == true ? 1 : 0)} keepalive={e.KeepAlivePeriod} "
                + $"username={e.UserName}{(e.RawPassword is null ? " (no password)" : "")}");
        var verdict = Judge(e);
        if (verdict.Code is ConnectReturnCode.Accepted)
        {
            LogConnected(logger, e.ClientId, level, e.KeepAlivePeriod ?? 0, e.RemoteEndPoint);
            return;
        }

        e.ReasonCode = ReasonCodeOf(verdict.Code);
        record.CountRefusedConnect();
        record.AddPacket(e.ClientId, PacketDirection.Down, "CONNACK", detail: $"rc={(int)verdict.Code} ({verdict.Reason})");
        LogRefused(logger, e.ClientId, e.RemoteEndPoint, (int)verdict.Code, verdict.Reason);
    }

    private ConnectVerdict Judge(ValidatingConnectionEventArgs e)
    {
        if (e.ProtocolVersion is not (MqttProtocolVersion.V310 or MqttProtocolVersion.V311))
            return new ConnectVerdict(ConnectReturnCode.UnacceptableProtocolVersion, "the hub speaks MQTT 3.1 and 3.1.1");
        var device = registry.FindByClientId(e.ClientId);
        if (device is not null && faults.TakeRefusal(device.Id))
            return new ConnectVerdict(ConnectReturnCode.ServerUnavailable, "injected fault");
        if (options.Strict && e.KeepAlivePeriod is < 60 or > 850)
            return new ConnectVerdict(ConnectReturnCode.NotAuthorized, $"keep-alive {e.KeepAlivePeriod} s is outside 60 to 850 s");
        var verdict = ConnectCheck.Check(device, e.ClientId, e.UserName, e.Password, options.TimeProvider.GetUtcNow());
        if (!options.Strict || verdict.Code is not ConnectReturnCode.Accepted) return verdict;
        var rate = _connects.GetOrAdd(e.ClientId, _ => new RateWindow(options.TimeProvider, limit: 1, ConnectInterval));
        lock (rate)
        {
            return rate.TryTake() ? verdict : new ConnectVerdict(ConnectReturnCode.ServerUnavailable, "more than one CONNECT in 5 s");
        }
    }

    private async Task OnInboundAsync(InterceptingPacketEventArgs e)
    {
        await faults.WaitWhileFrozenAsync(e.CancellationToken);
        PacketTranscript.Add(record, e.ClientId, PacketDirection.Up, e.Packet);
        if (options.Strict && Breach(e.Packet) is { } breach)
        {
            e.ProcessPacket = false;
            LogBreach(logger, e.ClientId, breach);
            if (_server is { } server) await server.DisconnectClientAsync(e.ClientId, new MqttServerClientDisconnectOptions());
        }
    }

    private static string? Breach(MqttPacket packet) => packet switch
    {
        MqttSubscribePacket { TopicFilters.Count: > 1 } => "more than one topic in one SUBSCRIBE",
        MqttPublishPacket { Retain: true } => "a retained PUBLISH",
        MqttPublishPacket { QualityOfServiceLevel: MqttQualityOfServiceLevel.ExactlyOnce } => "a PUBLISH with QoS 2",
        MqttPublishPacket { Payload.Length: > MaxPayloadBytes } => "a PUBLISH above 16 KB",
        _ => null,
    };

    private async Task OnOutboundAsync(InterceptingPacketEventArgs e)
    {
        await faults.WaitWhileFrozenAsync(e.CancellationToken);
        if (e.Packet is MqttConnAckPacket && registry.FindByClientId(e.ClientId) is { } gateway)
        {
            // Before the device can read its CONNACK: whoever sees it connected finds it connected here too.
#pragma warning disable CA2000, IDISP001, IDISP004 // The registry owns the connection and disposes it when it ends or is replaced.
            registry.SetConnection(new HubConnection(gateway.Id, e.RemoteEndPoint, options.TimeProvider));
#pragma warning restore CA2000, IDISP001, IDISP004
        }

        PacketTranscript.Add(record, e.ClientId, PacketDirection.Down, e.Packet);
    }

    private async Task OnPublishAsync(InterceptingPublishEventArgs e)
    {
        if (IsHub(e.ClientId)) return;
        e.ApplicationMessage.Retain = false;
        // A will is the one message the broker sends for a device outside its receive loop, hence with a token that cannot be cancelled.
        bool isWill = !e.CancellationToken.CanBeCanceled;
        if (isWill || ConnectionOf(e.ClientId) is not { } connection || Permit(connection, e.ApplicationMessage) is not { } permission)
        {
            e.ProcessPublish = false;
            return;
        }

        byte[] payload = e.ApplicationMessage.Payload.ToArray();
        if (permission.IsSystem)
        {
            e.ProcessPublish = false;
            await OnSystemRequestAsync(new SystemRequest(connection, permission.Device, e.ApplicationMessage.Topic, payload));
        }
        else
        {
            record.AddMessage(permission.Device, e.ApplicationMessage.Topic, (int)e.ApplicationMessage.QualityOfServiceLevel, payload);
            LogMessage(logger, e.ApplicationMessage.Topic, payload.Length, connection.Gateway);
        }
    }

    private TopicPermission? Permit(HubConnection connection, MqttApplicationMessage message)
    {
        if (message.Payload.Length > MaxPayloadBytes)
        {
            record.CountOversizedPublish();
            LogDropped(logger, message.Topic, connection.Gateway, "its payload is above 16 KB");
            return null;
        }

        if (options.Strict && !connection.Publishes.TryTake())
        {
            record.CountPublishOverRate();
            LogDropped(logger, message.Topic, connection.Gateway, "it is the 21st in a second");
            return null;
        }

        if (Permission(connection.Gateway, message.Topic, TopicAccess.Publish) is { } permission) return permission;
        record.CountForbiddenPublish();
        LogDropped(logger, message.Topic, connection.Gateway, "the gateway has no permission to publish there");
        return null;
    }

    private Task OnSubscribeAsync(InterceptingSubscriptionEventArgs e)
    {
        string filter = e.TopicFilter.Topic;
        if (ConnectionOf(e.ClientId) is { } connection
            && Permission(connection.Gateway, filter, TopicAccess.Subscribe) is not null
            && (!options.Strict || connection.Subscriptions.Contains(filter) || connection.Subscriptions.Count < MaxSubscriptions))
        {
            connection.Subscriptions.Add(filter);
            if (e.TopicFilter.QualityOfServiceLevel is MqttQualityOfServiceLevel.ExactlyOnce)
            {
                e.TopicFilter.QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce;   // the hub has no QoS 2
                e.Response.ReasonCode = MqttSubscribeReasonCode.GrantedQoS1;
            }

            return Task.CompletedTask;
        }

        e.Response.ReasonCode = MqttSubscribeReasonCode.UnspecifiedError;   // 0x80, the one failure code of MQTT 3.1.1
        e.ProcessSubscription = false;
        record.CountForbiddenSubscribe();
        LogForbiddenSubscribe(logger, e.ClientId, filter);
        return Task.CompletedTask;
    }

    private Task OnUnsubscribeAsync(InterceptingUnsubscriptionEventArgs e)
    {
        ConnectionOf(e.ClientId)?.Subscriptions.Remove(e.Topic);
        return Task.CompletedTask;
    }

    /// <summary>A permission may have gone since the subscription was made: the sub-device was unbound.</summary>
    private Task OnDeliverAsync(InterceptingClientApplicationMessageEnqueueEventArgs e)
    {
        e.AcceptEnqueue = registry.FindByClientId(e.ReceiverClientId) is { } receiver
            && Permission(receiver.Id, e.ApplicationMessage.Topic, TopicAccess.Subscribe) is not null;
        return Task.CompletedTask;
    }

    private Task OnDisconnectedAsync(ClientDisconnectedEventArgs e)
    {
        if (ConnectionOf(e.ClientId) is { } connection && connection.Remote.Equals(e.RemoteEndPoint))
        {
            registry.EndConnection(connection, options.ForgetOnlineOnDisconnect);
            LogDisconnected(logger, connection.Gateway, e.DisconnectType switch
            {
                MqttClientDisconnectType.Clean => "by DISCONNECT",
                MqttClientDisconnectType.Takeover => "because the same identity connected again",
                _ => "without DISCONNECT",
            });
        }

        return Task.CompletedTask;
    }

    private TopicPermission? Permission(HubDeviceId gateway, string topic, TopicAccess access)
    {
        if (TopicPermissions.Read(topic) is not { } permission || !permission.Access.HasFlag(access)) return null;
        bool allowed = permission.IsGatewayOnly
            ? permission.Device == gateway
            : registry.SpeaksFor(gateway, permission.Device, onlineOnly: options.Strict && !permission.IsSystem);
        return allowed ? permission : null;
    }

    private HubConnection? ConnectionOf(string clientId) =>
        registry.FindByClientId(clientId) is { } device ? registry.FindConnection(device.Id) : null;

    private static bool IsHub(string clientId) => clientId.StartsWith(HubBroker.HubSender, StringComparison.Ordinal);

    private static MqttConnectReasonCode ReasonCodeOf(ConnectReturnCode code) => code switch
    {
        ConnectReturnCode.Accepted => MqttConnectReasonCode.Success,
        ConnectReturnCode.UnacceptableProtocolVersion => MqttConnectReasonCode.UnsupportedProtocolVersion,
        ConnectReturnCode.IdentifierRejected => MqttConnectReasonCode.ClientIdentifierNotValid,
        ConnectReturnCode.ServerUnavailable => MqttConnectReasonCode.ServerUnavailable,
        ConnectReturnCode.BadUserNameOrPassword => MqttConnectReasonCode.BadUserNameOrPassword,
        _ => MqttConnectReasonCode.NotAuthorized,
    };

    [LoggerMessage(6001, LogLevel.Information, "{ClientId} connected (MQTT {Level}, keep-alive {KeepAlive} s) from {Remote}")]
    private static partial void LogConnected(ILogger logger, string clientId, string level, int keepAlive, System.Net.EndPoint remote);

    [LoggerMessage(6002, LogLevel.Warning, "CONNECT of '{ClientId}' from {Remote} refused with {Code}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string clientId, System.Net.EndPoint remote, int code, string reason);

    [LoggerMessage(6003, LogLevel.Information, "Gateway {Gateway} disconnected {How}")]
    private static partial void LogDisconnected(ILogger logger, HubDeviceId gateway, string how);

    [LoggerMessage(6004, LogLevel.Debug, "{Topic}: {Length} bytes from {Gateway}")]
    private static partial void LogMessage(ILogger logger, string topic, int length, HubDeviceId gateway);

    [LoggerMessage(6005, LogLevel.Warning, "PUBLISH to '{Topic}' by {Gateway} dropped: {Reason}")]
    private static partial void LogDropped(ILogger logger, string topic, HubDeviceId gateway, string reason);

    [LoggerMessage(6006, LogLevel.Warning, "SUBSCRIBE of {ClientId} to '{Filter}' refused")]
    private static partial void LogForbiddenSubscribe(ILogger logger, string clientId, string filter);

    [LoggerMessage(6007, LogLevel.Warning, "{ClientId} breached a limit and is disconnected: {Breach}")]
    private static partial void LogBreach(ILogger logger, string clientId, string breach);
}
