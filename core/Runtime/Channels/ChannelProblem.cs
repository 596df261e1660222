namespace BridgeFramework.Runtime;

/// <summary>Something that a channel's driver does and should not, whatever its state is.</summary>
public sealed record ChannelProblem
{
    /// <summary>What it does: a clause without a full stop.</summary>
    public required string What { get; init; }

    /// <summary>Since when, as the clock said then.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The same moment as <see cref="TimeProvider.GetTimestamp"/> counts.</summary>
    public required long SinceTimestamp { get; init; }

    /// <summary>What to do about it: an imperative clause without a full stop.</summary>
    public required string Remedy { get; init; }
}
