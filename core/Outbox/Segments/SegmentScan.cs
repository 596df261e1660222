using System.Buffers;
using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

/// <summary>Finds the frames of a segment again, without holding all of it in memory.</summary>
internal static class SegmentScan
{
    private const int Chunk = 256 * 1024;

    /// <summary>The place of a frame and its body.</summary>
    public delegate void FrameHandler(int offset, int length, ReadOnlySpan<byte> body);

    /// <summary>Hands over every undamaged frame in its order; what is damaged between two is passed over.</summary>
    /// <param name="store">The bytes.</param>
    /// <param name="length">How many of them.</param>
    /// <param name="handle">Takes each frame.</param>
    /// <returns>Where the last one ends, and how many bytes before that are no frame.</returns>
    /// <exception cref="IOException">The bytes cannot be read.</exception>
    public static (int End, int Skipped) Read(IDiskFile store, int length, FrameHandler handle)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(length, Chunk));
        try
        {
            int end = 0;
            int framed = 0;
            int start = 0; // of what is in the buffer
            int filled = 0;
            for (int offset = 0; offset + Frame.HeaderLength <= length;)
            {
                var here = buffer.AsSpan(offset - start, filled - (offset - start));
                if (Frame.TryRead(here, out var body))
                {
                    handle(offset, Frame.HeaderLength + body.Length, body);
                    framed += Frame.HeaderLength + body.Length;
                    end = offset += Frame.HeaderLength + body.Length;
                    continue;
                }

                // More of it may be behind the end of the buffer.
                int wanted = Math.Max(Frame.HeaderLength, Frame.LengthOf(here));
                if (wanted <= here.Length || wanted > length - offset)
                {
                    offset++;
                    continue;
                }

                if (wanted > buffer.Length) Grow(ref buffer, wanted);
                (start, filled) = (offset, Math.Min(buffer.Length, length - offset));
                store.ReadExactly(start, buffer.AsSpan(0, filled));
            }

            return (end, end - framed);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads an append: whose it is, where it is, and where in the body the record begins.</summary>
    /// <exception cref="InvalidDataException">It is damaged in spite of its checksum.</exception>
    public static AppendFrame ReadAppend(int offset, int length, ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body);
        int lane = reader.Count(int.MaxValue);
        int epoch = reader.Kind == FrameKind.Append ? reader.Count(int.MaxValue) : 0;
        var place = new RecordPlace(offset, length, reader.Number(), reader.Count(int.MaxValue), reader.Number(), epoch);
        if (place.Items < 1 || place.Sequence < 1) throw new InvalidDataException("A record without items or number.");
        long reported = reader.Number();
        long filtered = reader.Number();
        return new AppendFrame(lane, place, reported, filtered, body.Length - reader.Rest.Length);
    }

    /// <summary>As <see cref="ReadAppend"/>, for frames of any kind.</summary>
    public static bool TryReadAppend(int offset, int length, ReadOnlySpan<byte> body, out AppendFrame frame)
    {
        frame = default;
        if ((FrameKind)body[0] is not (FrameKind.Append or FrameKind.AppendWithoutEpoch)) return false;
        try
        {
            frame = ReadAppend(offset, length, body);
            return true;
        }
        catch (InvalidDataException)
        {
            return false; // as damaged as if its checksum were wrong
        }
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = ArrayPool<byte>.Shared.Rent(length);
    }
}

/// <summary>What the frame of an added record says.</summary>
/// <param name="LaneNumber">Of its lane.</param>
/// <param name="Place">Where it is.</param>
/// <param name="Reported">How much its owner had reported with it.</param>
/// <param name="Filtered">How much of that was found not worth sending.</param>
/// <param name="RecordStart">Where in the body the record begins.</param>
internal readonly record struct AppendFrame(int LaneNumber, RecordPlace Place, long Reported, long Filtered, int RecordStart);
