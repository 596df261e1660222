using System.Text;

namespace BridgeFramework.IotHubEmulator;

/// <summary>A message the hub accepted from a device on a custom topic.</summary>
public sealed record ReceivedMessage
{
    /// <summary>1 for the first message of this hub, then one more each.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it arrived, by the hub's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The device named by the topic: a gateway or one of its sub-devices.</summary>
    public required HubDeviceId Device { get; init; }

    /// <summary>The whole topic.</summary>
    public required string Topic { get; init; }

    /// <summary>0, 1 or 2.</summary>
    public required int Qos { get; init; }

    /// <summary>The bytes, at most 16 KB.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The payload read as UTF-8; invalid bytes become U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Payload.Span);
}
