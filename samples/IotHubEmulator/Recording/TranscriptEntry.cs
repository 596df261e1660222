namespace BridgeFramework.IotHubEmulator;

/// <summary>Which way a packet went.</summary>
public enum PacketDirection
{
    /// <summary>Device to hub.</summary>
    Up,

    /// <summary>Hub to device.</summary>
    Down,
}

/// <summary>One MQTT packet between a device and the hub. Never holds a password.</summary>
public sealed record TranscriptEntry
{
    /// <summary>1 for the first packet of this hub, then one more each.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it passed, by the hub's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The client id of the connection.</summary>
    public required string ClientId { get; init; }

    /// <summary>Which way it went.</summary>
    public required PacketDirection Direction { get; init; }

    /// <summary>The packet's name in the specification: <c>CONNECT</c>, <c>PUBLISH</c>, …</summary>
    public required string Packet { get; init; }

    /// <summary>The topic of a PUBLISH, or the filters of a SUBSCRIBE or UNSUBSCRIBE joined by a blank.</summary>
    public string? Topic { get; init; }

    /// <summary>The QoS of a PUBLISH.</summary>
    public int? Qos { get; init; }

    /// <summary>The length of a PUBLISH payload in bytes, before it was cut for the transcript.</summary>
    public int? Length { get; init; }

    /// <summary>The payload of a PUBLISH as UTF-8, cut at 2 KB.</summary>
    public string? Payload { get; init; }

    /// <summary>What else there is to say: options, return codes.</summary>
    public string? Detail { get; init; }

    /// <summary>One readable line, <c>&gt;</c> device to hub, <c>&lt;</c> hub to device.</summary>
    public override string ToString() => string.Concat(
        Direction is PacketDirection.Up ? "> " : "< ",
        ClientId, " ", Packet,
        Qos is { } qos ? $" q{qos}" : "",
        Topic is null ? "" : $" {Topic}",
        Length is { } length ? $" ({length})" : "",
        Payload is null ? "" : $" {Payload}",
        Detail is null ? "" : $" {Detail}");
}
