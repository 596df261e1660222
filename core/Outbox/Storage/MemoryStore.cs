using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

/// <summary>A segment in memory.</summary>
internal sealed class MemoryStore : IDiskFile
{
    private byte[] _bytes = new byte[4096];

    public long Length { get; private set; }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        int end = (int)offset + bytes.Length;
        if (end > _bytes.Length) Array.Resize(ref _bytes, Math.Max(end, 2 * _bytes.Length));
        bytes.CopyTo(_bytes.AsSpan((int)offset));
        Length = Math.Max(Length, end);
    }

    public int Read(long offset, Span<byte> bytes)
    {
        int read = (int)Math.Clamp(Length - offset, 0, bytes.Length);
        _bytes.AsSpan((int)offset, read).CopyTo(bytes);
        return read;
    }

    public void Truncate(long length) => Length = length;

    public void Sync()
    {
        // Nothing outlives the process.
    }

    public void Dispose() => _bytes = [];
}
