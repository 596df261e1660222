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

    /// <summary>How long that is, whatever has become of the clock meanwhile.</summary>
    public required TimeSpan For { get; init; }

    /// <summary>How often it has failed since it last worked.</summary>
    public required int Failures { get; init; }
    public string? Reason { get; init; }

    /// <summary>What its driver does and should not, whatever the state.</summary>
    public required IReadOnlyList<ChannelProblemView> Problems { get; init; }

    public static ChannelView Of(ChannelStatus channel, TimeProvider time) => new()
    {
        Name = channel.Name,
        Driver = channel.Driver,
        Ok = channel is { State: ChannelState.Serving, Problems: [] },
        State = channel.State,
        Since = channel.Since,
        For = time.GetElapsedTime(channel.SinceTimestamp),
        Failures = channel.Failures,
        Reason = channel.Reason ?? channel.Blocked,
        Problems = [.. channel.Problems.Select(problem => ChannelProblemView.Of(problem, time))],
    };
}
