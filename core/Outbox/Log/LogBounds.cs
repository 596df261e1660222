namespace BridgeFramework.Outbox;

/// <summary>How much the log may take.</summary>
/// <param name="SegmentBytes">Bytes of one segment.</param>
/// <param name="StoredBytes">Bytes of all files; with more it tries to do without the oldest.</param>
/// <param name="MemoryBytes">Bytes of records in memory while the disk cannot be written.</param>
internal readonly record struct LogBounds(int SegmentBytes, long StoredBytes, long MemoryBytes);
