using BridgeFramework.Outbox;

namespace BridgeFramework.Gateway;

/// <summary>What became of everything that was reported; what is not well comes first.</summary>
internal sealed record LedgerView
{
    public required LedgerEntry Total { get; init; }
    public required IReadOnlyList<LedgerEntry> Devices { get; init; }

    public static LedgerView Of(RunningGateway gateway)
    {
        var ledgers = gateway.Gateway.Ledgers;
        var devices = gateway.Gateway.Status.SubDevices;
        var known = devices.Where(device => device is { IsLeaving: false, Channel.Length: > 0 }).Select(device => device.Id.ToString())
            .ToHashSet(StringComparer.Ordinal);
        var leaving = devices.Where(device => device.IsLeaving).Select(device => device.Id.ToString()).ToHashSet(StringComparer.Ordinal);
        return new LedgerView
        {
            Total = LedgerEntry.Of(OwnerLedger.Total(ledgers), configured: true),
            Devices =
            [
                .. ledgers.Select(ledger => LedgerEntry.Of(ledger, known.Contains(ledger.Owner)) with
                {
                    Leaving = leaving.Contains(ledger.Owner) ? true : null,
                }).OrderBy(entry => entry.Ok),
            ],
        };
    }
}

/// <summary>One ledger: <c>reported = acknowledged + pending + filtered + dropped</c>, in samples.</summary>
/// <param name="Configured">Whether a channel has it; what waits of one that none has waits until it expires.</param>
/// <param name="Reported">What drivers reported, and policies once more.</param>
/// <param name="Acknowledged">What the hub has acknowledged.</param>
/// <param name="Pending">What waits or is under way.</param>
/// <param name="Filtered">What the report policy found not worth sending.</param>
/// <param name="Dropped">What was given up, by reason.</param>
/// <param name="PendingBytes">Bytes that wait.</param>
/// <param name="Id"><c>productId/deviceName</c>; absent in the total.</param>
/// <param name="OldestAge">How long the oldest that waits has waited; absent where nothing waits.</param>
internal sealed record LedgerEntry(
    bool Configured, long Reported, long Acknowledged, long Pending, long Filtered, IReadOnlyDictionary<string, long> Dropped,
        long PendingBytes,
    string? Id = null, TimeSpan? OldestAge = null)
{
    private const string Removed = "removed";

    /// <summary>Whether it was removed, and stays until what waits is sent; absent where it is not so.</summary>
    public bool? Leaving { get; init; }

    /// <summary>Whether nothing was lost but with a sub-device that was removed, and somebody will send what waits.</summary>
    public bool Ok => DroppedInAll == Dropped.GetValueOrDefault(Removed) && (Configured || Leaving == true || Pending == 0);

    public long DroppedInAll => Dropped.Values.Sum();

    public static LedgerEntry Of(OwnerLedger ledger, bool configured) => new(
        configured,
        ledger.Reported,
        ledger.Acknowledged,
        ledger.Pending,
        ledger.Filtered,
        ledger.Dropped.OrderBy(drop => drop.Key).ToDictionary(drop => NameOf(drop.Key), drop => drop.Value, StringComparer.Ordinal),
        ledger.PendingBytes,
        ledger.Owner.Length == 0 ? null : ledger.Owner,
        ledger.OldestAge);

    private static string NameOf(DropReason reason) => reason switch
    {
        DropReason.OwnerFull => "deviceFull",
        DropReason.OutboxFull => "outboxFull",
        DropReason.Expired => "expired",
        DropReason.TooLarge => "tooLarge",
        DropReason.Damaged => "damaged",
        DropReason.Removed => Removed,
        _ => "unsendable",
    };
}
