namespace BridgeFramework.IotHub;

/// <summary>One message from the hub.</summary>
public sealed record HubMessage
{
    /// <summary>The topic it came on.</summary>
    public required string Topic { get; init; }

    /// <summary>The payload as it came: hostile until checked. Owned by the message.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>0 or 1, as delivered.</summary>
    public required int Qos { get; init; }

    /// <summary>When it was taken off the connection.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The connection it came on; see <see cref="HubSessionStatus.Attempt"/>.</summary>
    public required int Attempt { get; init; }
}
