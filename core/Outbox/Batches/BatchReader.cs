using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

/// <summary>Reads the front of a lane into a batch; what cannot be read any more is given up.</summary>
internal sealed class BatchReader(SegmentIndexes indexes, Drops drops, LaneState lane, EpochBook epochs)
{
    private readonly List<(Segment Segment, RecordPlace Place)> _chosen = [];

    /// <param name="settle">Settles the batch.</param>
    /// <param name="maxRecords">How many records at most.</param>
    /// <param name="maxBytes">How many bytes at most; one record in any case.</param>
    /// <returns>The batch; null if nothing could be read, though something may be left behind that.</returns>
    public OutboxBatch? Read(Action<OutboxBatch, int, DropReason?> settle, int maxRecords, int maxBytes)
    {
        try
        {
            while (lane.Parts.Count > 0)
            {
                if (Choose(maxRecords, maxBytes) is { } damagedUntil) GiveUp(damagedUntil);
                else if (Copy(settle) is { } batch) return batch;
                else GiveUp(_chosen[0].Place.End); // its bytes have changed since it was found
            }
        }
        catch (IOException)
        {
            // The segment cannot be read: what it has of the lane is given up, or nothing behind it would ever go.
            GiveUp(lane.Parts[0].End);
        }

        return null;
    }

    /// <returns>Where the first readable record begins, if the front itself is damaged.</returns>
    private long? Choose(int maxRecords, int maxBytes)
    {
        _chosen.Clear();
        long expected = lane.Front;
        int bytes = 0;
        foreach (var part in lane.Parts)
        {
            // Between two parts there is nothing: numbers jump, and a batch does not. Within one, something is missing.
            if (part.First > expected && _chosen.Count > 0) return null;
            expected = Math.Max(expected, part.First);
            if (!TryIndex(part.Segment, out var index)) return null;
            var places = index.GetValueOrDefault(lane.Number) ?? [];
            for (int at = RecordPlace.Find(places, expected); at < places.Count && places[at].Sequence < part.End; at++)
            {
                var place = places[at];
                if (place.Sequence > expected) return _chosen.Count == 0 ? place.Sequence : null;
                // Numbers of two epochs have nothing to do with each other.
                if (_chosen.Count > 0 && place.Epoch != _chosen[0].Place.Epoch) return null;
                if (_chosen.Count == maxRecords || (_chosen.Count > 0 && bytes + place.Length > maxBytes)) return null;
                _chosen.Add((part.Segment, place));
                (bytes, expected) = (bytes + place.Length, place.End);
            }

            if (expected < part.End) return _chosen.Count == 0 ? part.End : null;
        }

        return null;
    }

    /// <summary>A segment that cannot be read matters when its turn comes, not before.</summary>
    private bool TryIndex(Segment segment, [NotNullWhen(true)] out Dictionary<int, List<RecordPlace>>? index)
    {
        index = null;
        try
        {
            index = indexes.Of(segment);
            return true;
        }
        catch (IOException) when (_chosen.Count > 0)
        {
            return false;
        }
    }

    private OutboxBatch? Copy(Action<OutboxBatch, int, DropReason?> settle)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(_chosen.Sum(chosen => chosen.Place.Length));
        var records = new List<OutboxRecord>(_chosen.Count);
        int used = 0;
        foreach (var (segment, place) in _chosen)
        {
            var bytes = buffer.AsMemory(used, place.Length);
            if (!TryRead(segment, place, bytes.Span, isFirst: records.Count == 0)) break;
            if (!Frame.TryRead(bytes.Span, out var body) || !SegmentScan.TryReadAppend(place.Offset, place.Length, body, out var frame))
                break;
            records.Add(new OutboxRecord(bytes[(Frame.HeaderLength + frame.RecordStart)..], place.Items));
            used += place.Length;
        }

        if (records.Count == 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return null;
        }

        long first = Math.Max(lane.Front, _chosen[0].Place.Sequence);
        lane.OutUntil = _chosen[records.Count - 1].Place.End;
        string epoch = epochs.IdOf(_chosen[0].Place.Epoch);
        return new OutboxBatch(settle, lane.Lane, epoch, first, (int)(first - _chosen[0].Place.Sequence), records, buffer);
    }

    private void GiveUp(long until) => drops.GiveUp(lane, until, DropReason.Damaged);

    private static bool TryRead(Segment segment, RecordPlace place, Span<byte> bytes, bool isFirst)
    {
        try
        {
            segment.Store.ReadExactly(place.Offset, bytes);
            return true;
        }
        catch (IOException) when (!isFirst)
        {
            return false;
        }
    }
}
