namespace BridgeFramework.Outbox;

/// <summary>A segment in memory.</summary>
internal sealed class MemoryStore : ISegmentStore
{
    private byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    public void Write(int offset, ReadOnlySpan<byte> bytes)
    {
        int end = offset + bytes.Length;
        if (end > _bytes.Length) Array.Resize(ref _bytes, Math.Max(end, 2 * _bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(offset));
        Length = Math.Max(Length, end);
    }

    public void Read(int offset, Span<byte> bytes) => _bytes.AsSpan(offset, bytes.Length).CopyTo(bytes);

    public void Truncate(int length) => Length = length;

    public void Sync()
    {
        // Nothing outlives the process.
    }

    public void Dispose() => _bytes = [];
}
