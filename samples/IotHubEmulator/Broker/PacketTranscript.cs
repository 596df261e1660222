using System.Buffers;
using MQTTnet.Packets;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Writes MQTT packets into the transcript, without what is secret.</summary>
internal static class PacketTranscript
{
    public static void Add(HubRecord record, string clientId, PacketDirection direction, MqttPacket packet)
    {
        switch (packet)
        {
            case MqttPublishPacket publish:
                record.AddPacket(
                    clientId, direction, "PUBLISH", publish.Topic, (int)publish.QualityOfServiceLevel, publish.Payload.ToArray(),
                    publish.Retain ? "retain" : null);
                break;
            case MqttSubscribePacket subscribe:
                record.AddPacket(clientId, direction, "SUBSCRIBE", string.Join(' ', subscribe.TopicFilters.Select(filter => filter.Topic)),
                    detail: string.Join(' ', subscribe.TopicFilters.Select(filter => $"q{(int)filter.QualityOfServiceLevel}")));
                break;
            case MqttUnsubscribePacket unsubscribe:
                record.AddPacket(clientId, direction, "UNSUBSCRIBE", string.Join(' ', unsubscribe.TopicFilters));
                break;
            case MqttSubAckPacket subAck:
                record.AddPacket(
                    clientId, direction, "SUBACK", detail: $"[{string.Join(' ', subAck.ReasonCodes.Select(code => (int)code))}]");
                break;
            case MqttConnAckPacket connAck:
                record.AddPacket(
                    clientId, direction, "CONNACK", detail: $"sp={(connAck.IsSessionPresent ? 1 : 0)} rc={(int)connAck.ReasonCode}");
                break;
            default:
                record.AddPacket(clientId, direction, NameOf(packet));
                break;
        }
    }

    private static string NameOf(MqttPacket packet) => packet switch
    {
        MqttPubAckPacket => "PUBACK",
        MqttPubRecPacket => "PUBREC",
        MqttPubRelPacket => "PUBREL",
        MqttPubCompPacket => "PUBCOMP",
        MqttUnsubAckPacket => "UNSUBACK",
        MqttPingReqPacket => "PINGREQ",
        MqttPingRespPacket => "PINGRESP",
        MqttDisconnectPacket => "DISCONNECT",
        _ => packet.GetType().Name,
    };
}
