using System.Buffers;

namespace BridgeFramework.Outbox;

/// <summary>Records of one lane that were taken, one after another. It is settled once.</summary>
public sealed class OutboxBatch
{
    private readonly Action<OutboxBatch, int, DropReason?> _settle;
    private readonly byte[] _buffer;
    private int _settled;

    /// <param name="settle">Settles it where it was taken: how many items have arrived, or are to be dropped.</param>
    /// <param name="lane">Whose records they are.</param>
    /// <param name="epoch">The epoch in which its items were numbered.</param>
    /// <param name="firstSequence">The number of the first item that has not arrived yet.</param>
    /// <param name="skipped">How many items before that are in the first record.</param>
    /// <param name="records">The records.</param>
    /// <param name="buffer">What they are in; rented.</param>
    internal OutboxBatch(
        Action<OutboxBatch, int, DropReason?> settle, Lane lane, string epoch, long firstSequence, int skipped,
        IReadOnlyList<OutboxRecord> records, byte[] buffer)
    {
        (_settle, _buffer) = (settle, buffer);
        (Lane, Epoch, FirstSequence, Skipped, Records) = (lane, epoch, firstSequence, skipped, records);
        foreach (var record in records) Items += record.Items;
        Items -= skipped;
    }

    /// <summary>Whose records they are.</summary>
    public Lane Lane { get; }

    /// <summary>The epoch in which its items were numbered, all in one.</summary>
    public string Epoch { get; }

    /// <summary>The number of the first item that has not arrived yet. A gap before it says that items were dropped.</summary>
    public long FirstSequence { get; }

    /// <summary>How many items at the beginning of the first record have arrived before.</summary>
    public int Skipped { get; }

    /// <summary>The records, oldest first; at least one.</summary>
    public IReadOnlyList<OutboxRecord> Records { get; }

    /// <summary>How many items have not arrived yet.</summary>
    public int Items { get; }

    /// <summary>Says that the first items have arrived. They leave the outbox; the others are their lane's first again.</summary>
    /// <param name="items">How many, 0 to <see cref="Items"/>; the skipped ones are not counted again.</param>
    /// <exception cref="InvalidOperationException">The batch is settled already.</exception>
    public void Acknowledge(int items) => Settle(items, drop: null);

    /// <summary>Says that the first items can never be sent. They leave the outbox as dropped; the others are
    /// their lane's first again.</summary>
    /// <param name="items">How many, 0 to <see cref="Items"/>.</param>
    /// <param name="reason">Why.</param>
    /// <exception cref="InvalidOperationException">The batch is settled already.</exception>
    public void Drop(int items, DropReason reason) => Settle(items, reason);

    /// <summary>Says that nothing has arrived. The records are their lane's first again.</summary>
    /// <exception cref="InvalidOperationException">The batch is settled already.</exception>
    public void PutBack() => Settle(0, drop: null);

    private void Settle(int items, DropReason? drop)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(items);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items, Items);
        if (Interlocked.Exchange(ref _settled, 1) != 0)
            throw new InvalidOperationException($"The batch of lane {Lane} is settled already.");
        _settle(this, items, drop);
        ArrayPool<byte>.Shared.Return(_buffer);
    }
}
