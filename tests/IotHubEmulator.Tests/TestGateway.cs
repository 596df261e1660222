using System.Buffers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using BridgeFramework.Testing;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace BridgeFramework.IotHubEmulator.Tests;

/// <summary>A gateway that speaks raw MQTT and keeps what it hears. Steps that do not happen within a guard fail with their name.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<(string Topic, byte[] Payload, int Qos, bool Retain)> _heard =
        Channel.CreateUnbounded<(string, byte[], int, bool)>();
    private readonly TaskCompletionSource _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestGateway(HubDeviceId? id = null)
    {
        Id = id ?? Example.Gateway;
        _client.ApplicationMessageReceivedAsync += e =>
        {
            _heard.Writer.TryWrite((e.ApplicationMessage.Topic, e.ApplicationMessage.Payload.ToArray(),
                (int)e.ApplicationMessage.QualityOfServiceLevel, e.ApplicationMessage.Retain));
            return Task.CompletedTask;
        };
        _client.DisconnectedAsync += _ =>
        {
            _disconnected.TrySetResult();
            return Task.CompletedTask;
        };
    }

    public HubDeviceId Id { get; }

    public string OperationTopic => $"$gateway/operation/{Id}";

    public string ResultTopic => $"$gateway/operation/result/{Id}";

    public bool IsConnected => _client.IsConnected;

    public Task Disconnected => _disconnected.Task.OrFail("the hub ends the connection");

    /// <summary>Connects and subscribes to the result topic.</summary>
    public static async Task<TestGateway> ConnectAsync(
        HubEmulator hub, HubDeviceId? id = null, string? caPem = null, bool cleanSession = true)
    {
        var gateway = new TestGateway(id);
        Assert.Equal(MqttClientConnectResultCode.Success, await gateway.TryConnectAsync(hub, caPem: caPem, cleanSession: cleanSession));
        Assert.Equal(0, await gateway.SubscribeAsync(gateway.ResultTopic, 0));
        return gateway;
    }

    public static (string Username, string Password) Credentials(
        string clientId, string expiry = "2147483647", string secret = Example.GatewaySecret)
    {
        string username = $"{clientId};12010126;AbC12;{expiry}";
        byte[] token = HMACSHA256.HashData(Convert.FromBase64String(secret), Encoding.UTF8.GetBytes(username));
        return (username, $"{Convert.ToHexStringLower(token)};hmacsha256");
    }

    public async Task<MqttClientConnectResultCode> TryConnectAsync(
        HubEmulator hub, string? clientId = null, string? username = null, string? password = null,
        MqttProtocolVersion version = MqttProtocolVersion.V311, string? caPem = null, bool cleanSession = true,
        ushort keepAliveSeconds = 60, string? willTopic = null)
    {
        clientId ??= Id.ClientId;
        var credentials = Credentials(Id.ClientId);
        var builder = new MqttClientOptionsBuilder()
            .WithClientId(clientId).WithCredentials(username ?? credentials.Username, password ?? credentials.Password)
            .WithTcpServer(hub.Address.ToString(), caPem is null ? hub.MqttPort : hub.MqttTlsPort)
            .WithProtocolVersion(version).WithKeepAlivePeriod(TimeSpan.FromSeconds(keepAliveSeconds)).WithCleanSession(cleanSession)
            .WithTimeout(Step.Patience);
        if (willTopic is not null) builder = builder.WithWillTopic(willTopic).WithWillPayload("gone");
        if (caPem is not null)
        {
            var trusted = new X509Certificate2Collection();
            trusted.ImportFromPem(caPem);
            builder = builder.WithTlsOptions(
                tls => tls.UseTls().WithTargetHost("localhost").WithTrustChain(trusted).WithRevocationMode(X509RevocationMode.NoCheck));
        }

        var result = await _client.ConnectAsync(builder.Build(), TestContext.Current.CancellationToken);
        return result.ResultCode;
    }

    /// <returns>The return code of the SUBACK.</returns>
    public async Task<int> SubscribeAsync(string topic, int qos)
    {
        var options = new MqttClientSubscribeOptionsBuilder().WithTopicFilter(topic, (MqttQualityOfServiceLevel)qos).Build();
        var result = await _client.SubscribeAsync(options, TestContext.Current.CancellationToken);
        return (int)result.Items.Single().ResultCode;
    }

    /// <summary>Subscribes to all in one packet.</summary>
    public Task SubscribeAsync(params string[] topics)
    {
        var builder = new MqttClientSubscribeOptionsBuilder();
        foreach (string topic in topics) builder = builder.WithTopicFilter(topic);
        return _client.SubscribeAsync(builder.Build(), TestContext.Current.CancellationToken);
    }

    public Task UnsubscribeAsync(string topic) => _client.UnsubscribeAsync(
        new MqttClientUnsubscribeOptionsBuilder().WithTopicFilter(topic).Build(), TestContext.Current.CancellationToken);

    public Task PublishAsync(string topic, string payload, int qos = 1, bool retain = false) =>
        PublishAsync(topic, Encoding.UTF8.GetBytes(payload), qos, retain);

    public async Task PublishAsync(string topic, byte[] payload, int qos = 1, bool retain = false)
    {
        var message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload)
            .WithQualityOfServiceLevel((MqttQualityOfServiceLevel)qos).WithRetainFlag(retain).Build();
        await _client.PublishAsync(message, TestContext.Current.CancellationToken).OrFail($"PUBACK for {topic}");
    }

    /// <summary>Publishes a gateway operation and returns the answer.</summary>
    public async Task<string> AskAsync(string request)
    {
        await PublishAsync(OperationTopic, request);
        var (topic, payload, qos, retain) = await HearAsync("an answer");
        Assert.Equal((ResultTopic, 0, false), (topic, qos, retain));
        return Encoding.UTF8.GetString(payload);
    }

    public async Task<(string Topic, byte[] Payload, int Qos, bool Retain)> HearAsync(string what)
    {
        var reading = _heard.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();
        await reading.OrFail($"the gateway hears {what}");
        return await reading;
    }

    public async Task<string> HearTextAsync(string what) => Encoding.UTF8.GetString((await HearAsync(what)).Payload);

    /// <summary>Proves that nothing is waiting: an echo sent now is the next thing heard.</summary>
    public async Task HearsNothingElseAsync()
    {
        string topic = $"{Id}/data";
        Assert.Equal(1, await SubscribeAsync(topic, 1));
        await PublishAsync(topic, "marker");
        Assert.Equal("marker", await HearTextAsync("its own echo"));
    }

    public Task DisconnectAsync() => _client.DisconnectAsync(new MqttClientDisconnectOptions(), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
