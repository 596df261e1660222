using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace BridgeFramework.Benchmarks;

/// <summary>MQTTnet's client alone, set up as well as we know.</summary>
internal sealed class MqttNetContender : WindowedContender
{
    private const int SocketBufferSize = 256 * 1024;
    private static readonly MqttApplicationMessage Message = new MqttApplicationMessageBuilder()
        .WithTopic(Topic).WithPayload(new byte[PayloadLength]).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    private MqttNetContender()
    {
    }

    public override string Name => $"MQTTnet publishing directly, QoS 1, window {Window}, {PayloadLength} bytes";

    public static async Task<MqttNetContender> ConnectAsync(int port)
    {
        var contender = new MqttNetContender();
        var options = new MqttClientOptionsBuilder()
            .WithClientId("direct").WithTcpServer("127.0.0.1", port).WithProtocolVersion(MqttProtocolVersion.V311)
                .WithoutPacketFragmentation().Build();
        ((MqttClientTcpOptions)options.ChannelOptions).BufferSize = SocketBufferSize;
        await contender._client.ConnectAsync(options);
        return contender;
    }

    protected override Task PublishAsync() => _client.PublishAsync(Message);

    public override async ValueTask DisposeAsync()
    {
        await _client.DisconnectAsync();
        _client.Dispose();
    }
}
