namespace BridgeFramework.Outbox;

/// <summary>The bounds of a <see cref="MemoryOutbox"/>.</summary>
public sealed record MemoryOutboxOptions
{
    /// <summary>What all lanes together may hold, in bytes; default 16 MiB. When it is met, the longest lane drops its oldest record.</summary>
    public long MaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>What one lane may hold, in bytes; default 1 MiB. When it is met, the lane drops its own oldest record.</summary>
    public long MaxLaneBytes { get; init; } = 1024 * 1024;
}
