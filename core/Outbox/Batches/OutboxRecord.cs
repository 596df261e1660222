namespace BridgeFramework.Outbox;

/// <summary>One record of a batch.</summary>
/// <param name="Bytes">The record; readable until the batch is settled.</param>
/// <param name="Items">How many items it holds.</param>
public readonly record struct OutboxRecord(ReadOnlyMemory<byte> Bytes, int Items);
