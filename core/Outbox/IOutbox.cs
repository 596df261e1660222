using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Outbox;

/// <summary>The queue between those who report and the one who sends: lanes of records, each lane in its own order.</summary>
/// <remarks>
/// <para>It knows bytes, lanes, acknowledgements and how many items a record holds, which it numbers per lane; what the bytes mean is
/// the caller's. A record leaves it only by acknowledgement, or by a drop that is counted with its reason.</para>
/// <para>Any number of threads may use any member. A lane is closed until <see cref="Open"/> says that its records can be sent.</para>
/// </remarks>
public interface IOutbox
{
    /// <summary>Told of items that were given up after they had been accepted, outside of any lock; must not
    /// block. Set it before the first record.</summary>
    Action<OutboxDrop>? Dropped { get; set; }

    /// <summary>Told that a lane has something that can be taken and had not before, within a lock: must not block nor call back. Set it
    /// before the first record.</summary>
    Action? Filled { get; set; }

    /// <summary>How it stands.</summary>
    OutboxStatus Status { get; }

    /// <summary>Makes owners known, all at once: cheaper than one by one at their first record.</summary>
    /// <param name="owners">Their names; those known already are passed over. One that was removed is back, with its numbers and its
    /// ledger where they were, and closed.</param>
    void AddOwners(IEnumerable<string> owners);

    /// <summary>Has an owner leave: its lanes are closed, and what waits in them is dropped as removed. What is under way may still be
    /// acknowledged; else it is dropped when its batch comes back. What it reports later is refused, and counted as removed, too.</summary>
    /// <remarks>It survives the process at once. After a power cut it may have to be said again. A thousand that left are
    /// remembered.</remarks>
    /// <param name="owner">The owner; harmless where it is not known, or has left already.</param>
    void RemoveOwner(string owner);

    /// <summary>Whether nothing of an owner waits or is under way.</summary>
    /// <param name="owner">The owner.</param>
    bool IsDrained(string owner);

    /// <summary>Waits until nothing of an owner waits or is under way.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A task that ends then; more may have been reported by then.</returns>
    Task WaitUntilDrainedAsync(string owner, CancellationToken cancellationToken);

    /// <summary>Adds a record: to the owner's live lane, unless what is there has waited for too long; then to its backfill lane, which
    /// live values may pass.</summary>
    /// <param name="owner">Whose it is, 1 to 256 characters.</param>
    /// <param name="record">The record; copied when the task ends.</param>
    /// <param name="items">How many items the record holds, 1 or more: the lane numbers them one after another.</param>
    /// <param name="filtered">How many more were reported with them and found not worth sending.</param>
    /// <param name="cancellationToken">Stops waiting; nothing was added then.</param>
    /// <returns>A task that ends when the outbox is answerable for the record, or has refused it for a reason that it counts.</returns>
    ValueTask<AppendResult> AppendAsync(
        string owner, ReadOnlyMemory<byte> record, int items, int filtered, CancellationToken cancellationToken);

    /// <summary>Counts items that were reported and found not worth sending, where nothing was worth sending.</summary>
    /// <param name="owner">Whose they are.</param>
    /// <param name="items">How many.</param>
    void Filter(string owner, int items);

    /// <summary>Counts items that were reported of an owner that is leaving, and are not taken: they are dropped as removed.</summary>
    /// <param name="owner">Whose they are.</param>
    /// <param name="items">How many.</param>
    void Refuse(string owner, int items);

    /// <summary>Lets the records of an owner be taken.</summary>
    /// <param name="owner">The owner.</param>
    void Open(string owner);

    /// <summary>Keeps the records of an owner back; those that were taken may still be acknowledged.</summary>
    /// <param name="owner">The owner.</param>
    void Close(string owner);

    /// <summary>Takes the oldest records of the open lane whose turn it is. Of each lane one batch is out at a time.</summary>
    /// <param name="kind">From lanes of which kind.</param>
    /// <param name="maxRecords">How many records of an owner at most. One with 0 is passed over, until it is opened or reports once more;
    /// called within a lock: must not block nor call back.</param>
    /// <param name="maxBytes">How many bytes of records at most; one record is given whatever its size.</param>
    /// <param name="batch">The records; to be settled once.</param>
    bool TryTake(LaneKind kind, Func<string, int> maxRecords, int maxBytes, [NotNullWhen(true)] out OutboxBatch? batch);

    /// <summary>How many lanes of a kind have something that can be taken.</summary>
    /// <param name="kind">The kind.</param>
    int Ready(LaneKind kind);

    /// <summary>How a lane stands; zeros for one that was never used.</summary>
    /// <param name="lane">The lane.</param>
    LaneStatus StatusOf(Lane lane);

    /// <summary>The ledgers of all owners, in the order in which they became known.</summary>
    IReadOnlyList<OwnerLedger> Ledgers();
}
