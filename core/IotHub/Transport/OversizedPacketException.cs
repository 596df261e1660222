namespace BridgeFramework.IotHub;

/// <summary>The hub announced a packet that is larger than any that is taken.</summary>
/// <param name="type">The packet's type, as MQTT numbers them.</param>
/// <param name="length">The remaining length that it announced, bytes.</param>
/// <param name="limit">The largest that is taken, bytes.</param>
internal sealed class OversizedPacketException(int type, int length, int limit)
    : IOException($"it announced a packet of type {type} ({NameOf(type)}) with {length} bytes, and at most {limit} are taken")
{
    private static string NameOf(int type) => type switch
    {
        2 => "CONNACK",
        3 => "PUBLISH",
        4 => "PUBACK",
        9 => "SUBACK",
        11 => "UNSUBACK",
        13 => "PINGRESP",
        _ => "which the hub does not send",
    };
}
