namespace BridgeFramework.Outbox;

/// <summary>What became of everything an owner reported. Reported = Acknowledged + Pending + Dropped + Filtered, always.</summary>
public sealed record OwnerLedger
{
    /// <summary>Whose ledger it is; empty for the total.</summary>
    public required string Owner { get; init; }

    /// <summary>Items that were reported, since the owner is known.</summary>
    public required long Reported { get; init; }

    /// <summary>Items that the receiver has acknowledged.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Items that wait or are under way.</summary>
    public required long Pending { get; init; }

    /// <summary>Items that a policy found not worth sending.</summary>
    public required long Filtered { get; init; }

    /// <summary>Items that were given up, by reason; reasons without any are left out.</summary>
    public required IReadOnlyDictionary<DropReason, long> Dropped { get; init; }

    /// <summary>Bytes that wait.</summary>
    public required long PendingBytes { get; init; }

    /// <summary>How long the oldest that waits has waited while the outbox was open; null if none waits.</summary>
    public required TimeSpan? OldestAge { get; init; }

    /// <summary>Items that were given up, whatever the reason.</summary>
    public long DroppedInAll => Dropped.Values.Sum();

    /// <summary>Adds ledgers up.</summary>
    /// <param name="ledgers">Of different owners.</param>
    public static OwnerLedger Total(IReadOnlyCollection<OwnerLedger> ledgers) => new()
    {
        Owner = "",
        Reported = ledgers.Sum(ledger => ledger.Reported),
        Acknowledged = ledgers.Sum(ledger => ledger.Acknowledged),
        Pending = ledgers.Sum(ledger => ledger.Pending),
        Filtered = ledgers.Sum(ledger => ledger.Filtered),
        Dropped = ledgers.SelectMany(ledger => ledger.Dropped).GroupBy(pair => pair.Key, pair => pair.Value).ToDictionary(
            group => group.Key, group => group.Sum()),
        PendingBytes = ledgers.Sum(ledger => ledger.PendingBytes),
        OldestAge = ledgers.Max(ledger => ledger.OldestAge),
    };
}
