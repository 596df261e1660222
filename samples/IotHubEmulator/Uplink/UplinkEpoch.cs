namespace BridgeFramework.IotHubEmulator;

/// <summary>Two samples under one number of an epoch.</summary>
/// <param name="Number">The number.</param>
/// <param name="Message">Number of the message that brought the second, as <see cref="ReceivedMessage.Sequence"/>.</param>
/// <param name="EarlierMessage">Number of the message that brought the first.</param>
/// <param name="Sample">The second sample.</param>
public sealed record UplinkConflict(long Number, long Message, long EarlierMessage, string Sample);

/// <summary>What arrived in one epoch of a lane; a snapshot.</summary>
public sealed record UplinkEpoch
{
    /// <summary>Which one, as the gateway calls it.</summary>
    public required string Epoch { get; init; }

    /// <summary>The lowest number seen; an epoch need not begin with 1.</summary>
    public required long First { get; init; }

    /// <summary>The highest number seen.</summary>
    public required long Last { get; init; }

    /// <summary>What was counted.</summary>
    public required UplinkCounts Counts { get; init; }

    /// <summary>The numbers in between that were never seen, lowest first; the first 100 ranges.</summary>
    public required IReadOnlyList<NumberRange> Gaps { get; init; }

    /// <summary>The first 20 conflicts.</summary>
    public required IReadOnlyList<UplinkConflict> ConflictsFound { get; init; }
}
