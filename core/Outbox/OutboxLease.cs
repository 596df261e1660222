namespace BridgeFramework.Outbox;

/// <summary>A record that was taken. It is settled once: acknowledged, put back to the front of its lane, or dropped.</summary>
public abstract class OutboxLease
{
    /// <summary>Whose record it is.</summary>
    public abstract string Lane { get; }

    /// <summary>The record; readable until the lease is settled.</summary>
    public abstract ReadOnlyMemory<byte> Record { get; }

    /// <summary>The number of the record's first item in its lane. A gap before it says that items were dropped.</summary>
    public abstract long FirstSequence { get; }

    /// <summary>Says that the record has arrived. It leaves the outbox, and the lane's next one may be taken.</summary>
    /// <exception cref="InvalidOperationException">The lease is settled already.</exception>
    public abstract void Acknowledge();

    /// <summary>Says that the record can never be sent. It leaves the outbox and counts as dropped.</summary>
    /// <exception cref="InvalidOperationException">The lease is settled already.</exception>
    public abstract void Drop();

    /// <summary>Says that the record has not arrived. It is the lane's first again.</summary>
    /// <exception cref="InvalidOperationException">The lease is settled already.</exception>
    public abstract void PutBack();
}
