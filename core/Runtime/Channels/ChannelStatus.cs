namespace BridgeFramework.Runtime;

/// <summary>How a channel stands.</summary>
public sealed record ChannelStatus
{
    /// <summary>Its name in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>Its driver.</summary>
    public required string Driver { get; init; }

    /// <summary>What it is doing.</summary>
    public required ChannelState State { get; init; }

    /// <summary>Since when, as the clock said then.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>
    /// The same moment as <see cref="TimeProvider.GetTimestamp"/> counts. How long ago it was comes from here: between two readings
    /// of a clock somebody may have set it.
    /// </summary>
    public required long SinceTimestamp { get; init; }

    /// <summary>How long nothing of it ran when its plugin was last replaced; <see langword="null"/> if that has not happened.</summary>
    public TimeSpan? Gap { get; init; }

    /// <summary>How often it has failed since it last worked.</summary>
    public int Failures { get; init; }

    /// <summary>Which call into its driver has not returned and keeps a thread, in words; <see langword="null"/> for none.</summary>
    public string? Blocked { get; init; }

    /// <summary>What its driver does and should not, whatever the state: calls that do not return, runs that do not end, floods.</summary>
    public IReadOnlyList<ChannelProblem> Problems { get; init; } = [];

    /// <summary>Why it does not work, where it does not.</summary>
    public string? Reason { get; init; }
}
