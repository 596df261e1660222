namespace BridgeFramework.IotHub;

/// <summary>One consistent view of a session at one moment.</summary>
public sealed record HubSessionStatus
{
    /// <summary>Where the session stands.</summary>
    public required HubSessionState State { get; init; }

    /// <summary>Since when, as the clock said then.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>
    /// The same moment as <see cref="TimeProvider.GetTimestamp"/> counts. How long ago it was comes from here: between two readings
    /// of a clock somebody may have set it.
    /// </summary>
    public required long SinceTimestamp { get; init; }

    /// <summary>
    /// Number of the connection attempt this belongs to, from 1. Two Online views with different numbers are two connections:
    /// whoever watches and sees only the newest view knows by it that there was a gap.
    /// </summary>
    public int Attempt { get; init; }

    /// <summary>Whether it is not online because its settings have changed: it has not been online with the new ones yet.</summary>
    public bool IsReconfiguring { get; init; }

    /// <summary>The most recent trouble, kept while all is well again; null if there was none since its settings last needed another
    /// connection.</summary>
    public HubFault? LastFault { get; init; }

    /// <summary>When it ended an attempt, as <see cref="TimeProvider.GetTimestamp"/> counts; null if there was none.</summary>
    public long? LastFaultTimestamp { get; init; }

    /// <summary>When somebody else was last taken to connect as this gateway; null if never. Kept over other trouble.</summary>
    public DateTimeOffset? DisplacedAt { get; init; }

    /// <summary>The same moment as <see cref="TimeProvider.GetTimestamp"/> counts.</summary>
    public long? DisplacedTimestamp { get; init; }

    /// <summary>When the next attempt starts by the clock of <see cref="Since"/>; null unless backing off.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Remembered subscriptions that the hub refused on this connection. They are tried again on the next.</summary>
    public IReadOnlyList<string> RefusedSubscriptions { get; init; } = [];

    /// <summary>Whether publishes are taken.</summary>
    public bool IsOnline => State == HubSessionState.Online;
}
