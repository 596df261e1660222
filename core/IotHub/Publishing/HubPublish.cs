using System.Text;

namespace BridgeFramework.IotHub;

/// <summary>What goes first when the connection cannot take everything at once, highest first.</summary>
public enum PublishPriority
{
    /// <summary>Gateway operations: online, offline, bind, unbind, describe.</summary>
    GatewayOperation,

    /// <summary>Answers to commands: somebody waits for them.</summary>
    CommandReply,

    /// <summary>Firmware versions and final states.</summary>
    FirmwareState,

    /// <summary>Values and events.</summary>
    Telemetry,

    /// <summary>Firmware progress: the next one makes it worthless.</summary>
    FirmwareProgress,
}

/// <summary>One message to the hub.</summary>
public sealed record HubPublish
{
    /// <summary>Largest payload the hub takes, bytes.</summary>
    public const int MaxPayloadLength = 16384;

    /// <summary>Longest topic every hub and every official SDK takes, bytes of UTF-8.</summary>
    public const int MaxTopicLength = 128;

    /// <summary>The topic, without wildcards.</summary>
    public required string Topic { get; init; }

    /// <summary>The payload, at most 16384 bytes; must not change until the publish has completed.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>0: at most once. 1 (default): completes when the hub has confirmed. The hub knows no 2.</summary>
    public int Qos { get; init; } = 1;

    /// <summary>Its place in the queue. Default <see cref="PublishPriority.Telemetry"/>.</summary>
    public PublishPriority Priority { get; init; } = PublishPriority.Telemetry;

    /// <summary>Refuses what the hub would answer by dropping the message or the connection.</summary>
    /// <exception cref="ArgumentException">What is wrong, with the values.</exception>
    internal static void Validate(HubPublish publish)
    {
        if (Problem(publish.Topic) is { } problem) throw new ArgumentException(problem, nameof(publish));
        if (publish.Payload.Length > MaxPayloadLength)
            throw new ArgumentException($"Payload for '{publish.Topic}' has {publish.Payload.Length} bytes; the hub takes at most "
                + $"{MaxPayloadLength}: split it.", nameof(publish));
        if (publish.Qos is not (0 or 1))
            throw new ArgumentException(
                $"QoS {publish.Qos} for '{publish.Topic}' is not possible; the hub knows 0 and 1.", nameof(publish));
        if (!Enum.IsDefined(publish.Priority)) throw new ArgumentException($"Priority {publish.Priority} does not exist.", nameof(publish));
    }

    private static string? Problem(string? topic)
    {
        if (string.IsNullOrEmpty(topic)) return "A publish needs a topic.";
        if (Encoding.UTF8.GetByteCount(topic) is > MaxTopicLength and var length)
            return $"Topic '{topic[..40]}…' has {length} bytes; the hub takes at most {MaxTopicLength}.";
        return topic.AsSpan().ContainsAny('+', '#', '\0')
            ? $"Topic '{topic}' has a wildcard or a zero character; only subscriptions may have wildcards."
            : null;
    }
}
