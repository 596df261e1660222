using System.Buffers;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>A message on its way, and the batch whose first samples it carries.</summary>
internal sealed class UplinkParcel
{
    /// <summary>Whether the session has asked for the message.</summary>
    public bool IsAsked { get; set; }

    /// <summary>The batch; null where there was nothing to send.</summary>
    public OutboxBatch? Batch { get; set; }

    /// <summary>How many samples of it are in the message.</summary>
    public int Items { get; set; }

    public ArrayBufferWriter<byte> Payload { get; } = new(1024);

    public void Acknowledge() => Batch?.Acknowledge(Items);

    public void Drop() => Batch?.Drop(Items, DropReason.Unsendable);

    public void PutBack() => Batch?.PutBack();
}
