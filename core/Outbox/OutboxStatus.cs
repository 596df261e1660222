namespace BridgeFramework.Outbox;

/// <summary>How an outbox stands.</summary>
public sealed record OutboxStatus
{
    /// <summary>The epoch in which what is added now is numbered: 8 characters, <c>a</c> to <c>z</c> and <c>2</c> to <c>7</c>.</summary>
    public required string Epoch { get; init; }

    /// <summary>Bytes of records that wait.</summary>
    public required long PendingBytes { get; init; }

    /// <summary>Bytes that its files take.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>How long the oldest record that waits has waited while the outbox was open; null if none waits.</summary>
    public required TimeSpan? OldestAge { get; init; }

    /// <summary>Why records are kept in memory only just now, in a sentence; null if they are on the disk, or belong in memory.</summary>
    public required string? Trouble { get; init; }

    /// <summary>What was found damaged when it was opened, and what became of it, in sentences; empty if nothing was.</summary>
    public IReadOnlyList<string> Damage { get; init; } = [];

    internal static OutboxStatus Of(LaneBook book, OutboxLog log, string? trouble, IReadOnlyList<string> damage, long now) => new()
    {
        Epoch = book.Epochs.Current.Id,
        PendingBytes = book.Bytes,
        StoredBytes = log.StoredBytes,
        OldestAge = book.Lanes.Max(lane => lane.OldestAge(now)),
        Trouble = log.Trouble ?? trouble,
        Damage = damage,
    };
}
