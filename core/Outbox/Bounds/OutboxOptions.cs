namespace BridgeFramework.Outbox;

/// <summary>The bounds of an outbox.</summary>
public sealed record OutboxOptions
{
    /// <summary>Bytes of records that may wait in all; default 256 MiB. Files may take twice that.</summary>
    public long MaxBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Bytes of records that may wait for one owner; default 32 MiB. A quarter more may wait while
    /// the oldest are under way.</summary>
    public long MaxOwnerBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How long a record may wait while the outbox is open; default 30 days. The steady counter
    /// counts, not the wall clock.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long the oldest record of a live lane may have waited, that a new one still goes there
    /// and not to backfill; default 10 s.</summary>
    public TimeSpan LiveFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long at most a record that still waits is proof against a power cut; default 1 s. Zero: before
    /// <see cref="IOutbox.AppendAsync"/> ends.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of records that may wait in memory while the disk cannot be written; default 16 MiB.</summary>
    public long MaxMemoryBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Size of a segment file, 64 KiB to 64 MiB; default a 64th of <see cref="MaxBytes"/>, within 1 MiB to 64 MiB.</summary>
    public int? SegmentBytes { get; init; }

    /// <summary>What to give up for an owner; default the oldest for all. Asked for each record, so that the answer may change; within a
    /// lock, so that it must not block nor call back.</summary>
    public Func<string, WhenFull> WhenFull { get; init; } = _ => Outbox.WhenFull.DropOldest;

    /// <summary>How many owners that have left are remembered, with their numbers and ledgers. With more the older half is forgotten, and
    /// all numbers go on in another epoch: a receiver must not take what one that is back reports for a repeat.</summary>
    internal int MostLeft { get; init; } = 1000;

    internal int EffectiveSegmentBytes => SegmentBytes ?? (int)Math.Clamp(MaxBytes / 64, 1024 * 1024, 64 * 1024 * 1024);

    /// <summary>Bytes that files may take: what may wait twice over, and a segment at either end.</summary>
    internal long MaxStoredBytes => (2 * MaxBytes) + (2L * EffectiveSegmentBytes);

    /// <exception cref="ArgumentException">Something is out of range.</exception>
    internal static void Validate(OutboxOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problem() is { } problem) throw new ArgumentException(problem, nameof(options));
    }

    /// <summary>What is out of range, or null.</summary>
    private string? Problem()
    {
        if (MaxBytes < 1 || MaxOwnerBytes < 1 || MaxMemoryBytes < 1)
            return $"A bound of {Math.Min(MaxBytes, Math.Min(MaxOwnerBytes, MaxMemoryBytes))} bytes holds nothing.";
        if (MaxAge <= TimeSpan.Zero) return $"MaxAge is {MaxAge}; expected more than 0.";
        if (LiveFor <= TimeSpan.Zero) return $"LiveFor is {LiveFor}; expected more than 0.";
        if (CommitInterval < TimeSpan.Zero) return $"CommitInterval is {CommitInterval}; expected 0 or more.";
        return SegmentBytes is < 64 * 1024 or > 64 * 1024 * 1024 ? $"SegmentBytes is {SegmentBytes}; expected 65536 to 67108864." : null;
    }
}
