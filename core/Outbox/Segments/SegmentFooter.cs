using System.Buffers.Binary;
using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

/// <summary>What a sealed segment holds, by lane, as its last frame, so that it need not be read to be known.</summary>
/// <remarks>The frame: number of lanes, then for each its number, first item, number of items, bytes, time of the first and last record,
/// epoch of the first. Behind it stand its offset (4 bytes) and a mark (4 bytes).</remarks>
internal static class SegmentFooter
{
    private const uint Mark = 0x7E4D0FB0;

    /// <summary>Bytes behind the frame.</summary>
    public const int TrailerLength = 8;


    /// <summary>Ends a segment.</summary>
    /// <exception cref="IOException">It cannot be written; the segment is good without.</exception>
    public static void Write(Segment segment, FrameWriter writer)
    {
        if (!segment.IsFile) return;
        writer.Begin(FrameKind.Footer).Number(segment.Parts.Count);
        foreach (var (lane, part) in segment.Parts)
            writer.Number(lane).Number(part.First).Number(part.End - part.First).Number(part.Bytes)
                .Number(part.FirstTime).Number(part.LastTime).Number(part.FirstEpoch);
        var footer = writer.End();
        Span<byte> trailer = stackalloc byte[TrailerLength];
        BinaryPrimitives.WriteInt32LittleEndian(trailer, segment.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], Mark);
        segment.Store.Write(segment.Length, footer);
        segment.Store.Write(segment.Length + footer.Length, trailer);
        segment.Store.Truncate(segment.Length + footer.Length + TrailerLength);
    }

    /// <summary>Reads what a segment holds, if it was sealed and the footer is whole.</summary>
    /// <exception cref="IOException">The bytes cannot be read.</exception>
    public static bool TryRead(Segment segment)
    {
        int length = Segment.LengthOf(segment.Store);
        if (length < TrailerLength) return false;
        Span<byte> trailer = stackalloc byte[TrailerLength];
        segment.Store.ReadExactly(length - TrailerLength, trailer);
        int start = BinaryPrimitives.ReadInt32LittleEndian(trailer);
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != Mark || start < 0 || start > length - TrailerLength) return false;
        byte[] bytes = new byte[length - TrailerLength - start];
        segment.Store.ReadExactly(start, bytes);
        if (!Frame.TryRead(bytes, out var body)) return false;
        try
        {
            var reader = new FrameReader(body);
            if (reader.Kind != FrameKind.Footer) return false;
            for (int lanes = reader.Count(Frame.MaxBody); lanes > 0; lanes--)
            {
                int lane = reader.Count(int.MaxValue);
                long first = reader.Number();
                segment.Parts[lane] = new LanePart(segment, lane, first)
                {
                    End = first + reader.Number(),
                    Bytes = reader.Number(),
                    FirstTime = reader.Number(),
                    LastTime = reader.Number(),
                    FirstEpoch = reader.Count(int.MaxValue),
                };
            }
        }
        catch (InvalidDataException)
        {
            segment.Parts.Clear();
            return false;
        }

        segment.Length = start;
        return true;
    }
}
