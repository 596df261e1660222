using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

/// <summary>How owners, lanes and epochs stood, in a file of its own: what a segment cannot be read without
/// when its beginning is damaged.</summary>
/// <remarks>
/// The file has two halves, written in turn: while one is written the other holds what was there before. It is written in its place, so
/// that a disk without room still takes it. A half is a frame of the kind <see cref="FrameKind.Table"/> that begins with a number which
/// grows; the newer half counts.
/// </remarks>
internal sealed class TableFile(PrivateFolder folder)
{
    public const string Name = "table";
    private const int Block = 4096;
    private const int MaxLength = 2 * (Frame.HeaderLength + Frame.MaxBody + Block);

    private readonly PrivateFile _file = folder.File(Name);
    private long _generation;
    private int _half; // that was written last
    private int _halfLength;

    /// <summary>Why it could not be read, in a sentence; null if it could.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Reads it.</summary>
    /// <returns>The snapshot that was written last; null where there is none.</returns>
    public byte[]? TryRead()
    {
        byte[]? newest = null;
        try
        {
            if (_file.TryRead(MaxLength) is not { } content) return null;
            _halfLength = content.Length / 2;
            for (int half = 0; half < 2; half++)
            {
                if (!Frame.TryRead(content.AsSpan(half * _halfLength, _halfLength), out var body)) continue;
                var reader = new FrameReader(body);
                if (reader.Kind != FrameKind.Table) continue;
                long generation = reader.Number();
                if (generation <= _generation) continue;
                (_generation, _half) = (generation, half);
                newest = reader.Rest.ToArray();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Trouble = $"The table of the outbox cannot be read ({exception.Message.TrimEnd('.')}).";
        }

        return newest;
    }

    /// <summary>Writes it. Safe when this returns, unless the disk does not take it: the segments say so then, too.</summary>
    /// <param name="writer">Builds the frame.</param>
    /// <param name="snapshot">What stands in it: the body of a snapshot.</param>
    public void Write(FrameWriter writer, ReadOnlySpan<byte> snapshot)
    {
        var frame = writer.Begin(FrameKind.Table).Number(_generation + 1).Bytes(snapshot).End();
        try
        {
            if (frame.Length > _halfLength) WriteAnew(frame);
            else WriteOtherHalf(frame);
            _generation++;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What was there before still is, and it is written again when it is due.
        }
    }

    private void WriteOtherHalf(ReadOnlySpan<byte> frame)
    {
        using var file = folder.Disk.Open(_file.Path, DiskAccess.ReadWrite);
        file.Write((1 - _half) * (long)_halfLength, frame);
        file.Sync();
        _half = 1 - _half;
    }

    private void WriteAnew(ReadOnlySpan<byte> frame)
    {
        // With room to grow; a disk that is full later has to take it in place.
        int halfLength = ((2 * frame.Length) + Block - 1) / Block * Block;
        byte[] content = new byte[2 * halfLength];
        frame.CopyTo(content);
        _file.Replace(content);
        (_half, _halfLength) = (0, halfLength);
    }
}
