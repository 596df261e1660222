using System.Buffers;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>The profile <c>compact</c>, upwards: as many sets of samples as a message holds, names once, times as offsets.</summary>
/// <remarks>
/// <para><c>{"seq":17,"epoch":"k3f7aq2d","base":1700000000000,"points":["voltage","energy"],</c>
/// <c>"sets":[[0,[0,1],230.1,1100],[1000,230.2,{"bad":"timeout"}]]}</c>.
/// Each set is its offset from <c>base</c> in ms, then, where its points are not those of the set before,
/// their places in <c>points</c>, then the values. Samples are numbered in that order from <c>seq</c> on.
/// Behind <c>epoch</c> stands <c>"backfill":true</c> in messages of the backfill lane.</para>
/// <para>Events are as in the profile <see cref="PlainUplink"/>, each a message of its own.</para>
/// </remarks>
/// <param name="timeOf">What time a stamp is, in ms since the epoch.</param>
internal sealed class CompactUplink(Func<SampleStamp, long> timeOf) : IUplinkEncoder
{
    // What stands around names and sets: seq, epoch, backfill, base, points and sets, with the longest numbers.
    private const int Envelope = 132;

    private readonly PlainUplink _plain = new(timeOf);
    private readonly CompactNames _names = new();
    private readonly CompactWriter _sets = new();
    private List<int> _columns = [];
    private List<int> _columnsBefore = [];

    public int MaxRecords => 4096;

    /// <inheritdoc/>
    public UplinkMessage Encode(
        IReadOnlyList<OutboxRecord> records, int skipped, SampleNumber number, ArrayBufferWriter<byte> output)
    {
        if (new UplinkRecordReader(records[0].Bytes.Span).IsEvent) return _plain.Encode(records, skipped, number, output);
        _names.Clear();
        _sets.Clear();
        _columnsBefore.Clear();
        long? start = null;
        int items = 0;
        for (int i = 0; i < records.Count; i++)
        {
            int taken = Add(records[i].Bytes.Span, i == 0 ? skipped : 0, isFirst: i == 0, ref start, out bool isWhole);
            items += taken;
            if (!isWhole) break;
        }

        // A value that fits into no message is left to the profile that has one for each: it says so.
        if (items == 0) return _plain.Encode(records, skipped, number, output);
        Write(output, number, start ?? 0);
        return new UplinkMessage(IsEvent: false, items);
    }

    /// <returns>How many samples of the record were added.</returns>
    private int Add(ReadOnlySpan<byte> record, int skipped, bool isFirst, ref long? start, out bool isWhole)
    {
        int items = 0;
        isWhole = false;
        var names = _names.Mark;
        try
        {
            var reader = new UplinkRecordReader(record);
            if (reader.IsEvent) return 0;
            for (; skipped > 0 && reader.TryRead(out _); skipped--)
            {
                // They have arrived.
            }

            long recordTime = timeOf(reader.Stamp);
            while (reader.Remaining > 0)
            {
                names = _names.Mark;
                int added = AddSet(ref reader, recordTime, ref start, out bool all);
                items += added;
                if (!all) return items;
            }

            isWhole = true;
            return items;
        }
        catch (InvalidDataException) when (!isFirst || items > 0)
        {
            _names.Mark = names; // those of the damaged set have been read already
            return items; // its turn will come, as the first of a message
        }
    }

    /// <summary>Adds the next samples of one time; all of them, or, where nothing has been added before, as many as fit.</summary>
    private int AddSet(ref UplinkRecordReader reader, long recordTime, ref long? start, out bool all)
    {
        var (namesBefore, setsBefore) = (_names.Mark, _sets.Length);
        int count = ReadColumns(reader, recordTime, int.MaxValue, out long time);
        all = TryWriteSet(reader, count, time - (start ?? time));
        if (!all)
        {
            _sets.Length = setsBefore;
            _names.Mark = namesBefore;
            if (start is not null) return 0;
            count = CountThatFits(reader, recordTime, count, out time);
            if (count == 0) return 0;
        }

        start ??= time;
        (_columns, _columnsBefore) = (_columnsBefore, _columns);
        for (int i = 0; i < count; i++) reader.TryRead(out _);
        return count;
    }

    /// <summary>Writes the largest half, quarter and so on of a set that fits.</summary>
    private int CountThatFits(UplinkRecordReader reader, long recordTime, int most, out long time)
    {
        time = recordTime;
        for (int limit = most / 2; limit > 0; limit /= 2)
        {
            _names.Clear();
            _sets.Clear();
            int count = ReadColumns(reader, recordTime, limit, out time);
            if (TryWriteSet(reader, count, offset: 0)) return count;
        }

        _names.Clear();
        _sets.Clear();
        return 0;
    }

    /// <summary>Finds the points of the next samples of one time.</summary>
    private int ReadColumns(UplinkRecordReader reader, long recordTime, int limit, out long time)
    {
        _columns.Clear();
        time = recordTime;
        while (_columns.Count < limit && reader.TryRead(out var sample))
        {
            long own = sample.OwnTime ?? recordTime;
            if (_columns.Count > 0 && own != time) break;
            time = own;
            int at = _columns.Count;
            // Mostly the points come as they came before.
            _columns.Add(_names.IndexOf(sample.Name, at < _columnsBefore.Count ? _columnsBefore[at] : -1));
        }

        return _columns.Count;
    }

    private bool TryWriteSet(UplinkRecordReader reader, int count, long offset)
    {
        int room = HubPublish.MaxPayloadLength - Envelope - _names.Length;
        _sets.Raw(_sets.Length == 0 ? "["u8 : ",["u8).Number(offset);
        if (!_columns.SequenceEqual(_columnsBefore))
        {
            for (int i = 0; i < _columns.Count; i++) _sets.Raw(i == 0 ? ",["u8 : ","u8).Number(_columns[i]);
            _sets.Raw("]"u8);
        }

        for (int i = 0; i < count && reader.TryRead(out var sample); i++)
        {
            _sets.Raw(","u8);
            if (sample.Quality == Quality.Good) _sets.Value(sample.Value);
            else _sets.Raw("{\"bad\":\""u8).Raw(PlainUplink.NameOf(sample.Quality)).Raw("\"}"u8);
            if (_sets.Length >= room) return false;
        }

        _sets.Raw("]"u8);
        return _sets.Length <= room;
    }

    private void Write(ArrayBufferWriter<byte> output, SampleNumber number, long start)
    {
        var head = new CompactWriter(Envelope);
        head.Raw("{\"seq\":"u8).Number(number.Sequence).Raw(",\"epoch\":\""u8).Ascii(number.Epoch).Raw("\""u8);
        if (number.Lane == LaneKind.Backfill) head.Raw(",\"backfill\":true"u8);
        head.Raw(",\"base\":"u8).Number(start).Raw(",\"points\":["u8);
        output.Write(head.Written);
        output.Write(_names.Written);
        output.Write("],\"sets\":["u8);
        output.Write(_sets.Written);
        output.Write("]}"u8);
    }
}
