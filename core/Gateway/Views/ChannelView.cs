using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>A channel.</summary>
internal sealed record ChannelView
{
    public required string Name { get; init; }
    public required string Driver { get; init; }
    public required bool Ok { get; init; }
    public required ChannelState State { get; init; }
    public required DateTimeOffset Since { get; init; }

    /// <summary>How often it has failed since it last worked.</summary>
    public required int Failures { get; init; }
    public string? Reason { get; init; }

    public static ChannelView Of(ChannelStatus channel) => new()
    {
        Name = channel.Name,
        Driver = channel.Driver,
        Ok = channel.State == ChannelState.Serving,
        State = channel.State,
        Since = channel.Since,
        Failures = channel.Failures,
        Reason = channel.Reason,
    };
}
