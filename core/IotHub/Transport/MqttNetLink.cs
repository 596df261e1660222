using System.Buffers;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace BridgeFramework.IotHub;

/// <summary>One connection of one MQTTnet client, which it owns.</summary>
internal sealed class MqttNetLink : IHubLink
{
    private readonly IMqttClient _client;
    private readonly Action<string, int, ReadOnlyMemory<byte>> _received;
    private readonly TaskCompletionSource<LinkEnd> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _disposed;

    public MqttNetLink(IMqttClient client, Action<string, int, ReadOnlyMemory<byte>> received)
    {
        _client = client;
        _received = received;
        _client.ApplicationMessageReceivedAsync += OnReceived;
        _client.DisconnectedAsync += OnDisconnected;
    }

    public Task<LinkEnd> Closed => _closed.Task;

    public Task PublishAsync(HubPublish publish, CancellationToken cancellationToken) => _client.PublishAsync(
        new MqttApplicationMessage
        {
            Topic = publish.Topic,
            Payload = new ReadOnlySequence<byte>(publish.Payload),
            QualityOfServiceLevel = (MqttQualityOfServiceLevel)publish.Qos,
        },
        cancellationToken);

    public async Task<bool> SubscribeAsync(string topic, int qos, CancellationToken cancellationToken)
    {
        // The hub takes one topic for each SUBSCRIBE.
        var options = new MqttClientSubscribeOptions
        {
            TopicFilters = [new MqttTopicFilter { Topic = topic, QualityOfServiceLevel = (MqttQualityOfServiceLevel)qos }],
        };
        var result = await _client.SubscribeAsync(options, cancellationToken).ConfigureAwait(false);
        return result.Items.All(item => (int)item.ResultCode < 0x80);
    }

    public Task UnsubscribeAsync(string topic, CancellationToken cancellationToken) =>
        _client.UnsubscribeAsync(new MqttClientUnsubscribeOptions { TopicFilters = [topic] }, cancellationToken);

    public Task PingAsync(CancellationToken cancellationToken) => _client.PingAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) =>
        _client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellationToken);

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _client.ApplicationMessageReceivedAsync -= OnReceived;
#pragma warning disable IDISP007 // handed over: a link owns its client
            _client.Dispose();
#pragma warning restore IDISP007
            _closed.TrySetResult(new LinkEnd("closed by us", ByHub: false));
        }

        return ValueTask.CompletedTask;
    }

    private Task OnReceived(MqttApplicationMessageReceivedEventArgs message)
    {
        // Copied: the library's buffer is reused after this handler.
        _received(
            message.ApplicationMessage.Topic,
            (int)message.ApplicationMessage.QualityOfServiceLevel,
            message.ApplicationMessage.Payload.ToArray());
        return Task.CompletedTask;
    }

    private Task OnDisconnected(MqttClientDisconnectedEventArgs end)
    {
        // The reason code says NormalDisconnection even for a killed hub; the exception is all there is to know.
        _closed.TrySetResult(new LinkEnd(end.Exception?.GetBaseException().Message ?? "closed by the hub", ByHub: end.Exception is null));
        return Task.CompletedTask;
    }
}
