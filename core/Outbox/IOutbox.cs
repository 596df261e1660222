namespace BridgeFramework.Outbox;

/// <summary>The queue between those who report and the one who sends: lanes of records, each lane in its own order.</summary>
/// <remarks>
/// <para>It knows bytes, lanes, acknowledgements and how many items a record holds, which it numbers per lane from 1 on; what
/// the bytes mean is the caller's. A record leaves it only by <see cref="OutboxLease.Acknowledge"/>, or by a drop that is
/// counted.</para>
/// <para>Any number of threads may append; one takes. A lane is closed until <see cref="Open"/> says that its records can be sent.</para>
/// </remarks>
public interface IOutbox
{
    /// <summary>Adds a record to the end of a lane.</summary>
    /// <param name="lane">The lane's name; a lane exists from its first use on.</param>
    /// <param name="record">The record; copied when the task ends.</param>
    /// <param name="items">How many items the record holds, 1 or more: the lane numbers them one after another.</param>
    /// <param name="cancellationToken">Stops waiting; nothing was added then.</param>
    /// <returns>A task that ends when the outbox is answerable for the record.</returns>
    /// <exception cref="ArgumentException">The record alone is larger than a lane may be.</exception>
    ValueTask AppendAsync(string lane, ReadOnlyMemory<byte> record, int items, CancellationToken cancellationToken);

    /// <summary>Lets the records of a lane be taken.</summary>
    /// <param name="lane">The lane's name.</param>
    void Open(string lane);

    /// <summary>Keeps the records of a lane back; one that was taken may still be acknowledged.</summary>
    /// <param name="lane">The lane's name.</param>
    void Close(string lane);

    /// <summary>Takes the oldest record of the open lane whose turn it is. Of each lane one record is taken at a time.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The record; waits until there is one.</returns>
    ValueTask<OutboxLease> TakeAsync(CancellationToken cancellationToken);

    /// <summary>How a lane stands; zeros for one that was never used.</summary>
    /// <param name="lane">The lane's name.</param>
    LaneStatus StatusOf(string lane);
}
