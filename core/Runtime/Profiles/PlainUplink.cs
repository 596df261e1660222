using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>The profile <c>plain</c>, upwards: one message for each set of samples, names and values as JSON.</summary>
/// <remarks>
/// <para><c>{"seq":17,"epoch":"k3f7aq2d","timestamp":1700000000000,"values":{"voltage":230.1},"bad":{"energy":"timeout"}}</c>:
/// <c>seq</c> is the number of the message's first sample in its lane and <c>epoch</c>, <c>timestamp</c> is in ms since 1970-01-01 UTC,
/// <c>bad</c> is left out when there is none. Behind <c>epoch</c> stands <c>"backfill":true</c> in messages of the backfill lane.</para>
/// <para>An event is
/// <c>{"seq":20,"epoch":"k3f7aq2d","timestamp":1700000000000,"event":"doorOpened","level":"info","data":{"by":"key"}}</c>.</para>
/// <para>A set whose samples differ in time, or that is larger than a message may be, becomes several messages.</para>
/// </remarks>
/// <param name="timeOf">What time a stamp is, in ms since the epoch.</param>
internal sealed class PlainUplink(Func<SampleStamp, long> timeOf) : IUplinkEncoder
{
    // What stands around the samples: seq, epoch, backfill, timestamp and the braces.
    private const int Envelope = 132;

    internal static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // no browser reads it; units stay readable
        SkipValidation = true,
    };

    public int MaxRecords => 1;

    /// <inheritdoc/>
    /// <remarks>A payload larger than <see cref="HubPublish.MaxPayloadLength"/> holds a single value that no message can carry.</remarks>
    public UplinkMessage Encode(
        IReadOnlyList<OutboxRecord> records, int skipped, SampleNumber number, ArrayBufferWriter<byte> output)
    {
        var reader = new UplinkRecordReader(records[0].Bytes.Span);
        using var json = new Utf8JsonWriter(output, WriterOptions);
        json.WriteStartObject();
        json.WriteNumber("seq"u8, number.Sequence); // first: it tells our own echo from a command
        json.WriteString("epoch"u8, number.Epoch);
        if (number.Lane == LaneKind.Backfill) json.WriteBoolean("backfill"u8, true);
        int items = 1;
        if (reader.IsEvent) WriteEvent(json, reader);
        else items = WriteSamples(json, reader, skipped);
        json.WriteEndObject();
        json.Flush();
        return new UplinkMessage(reader.IsEvent, items);
    }

    private int WriteSamples(Utf8JsonWriter json, UplinkRecordReader reader, int skipped)
    {
        for (; skipped > 0 && reader.TryRead(out _); skipped--)
        {
            // They have arrived.
        }

        long recordTime = timeOf(reader.Stamp);
        var start = reader; // a copy is a bookmark
        int count = CountOfMessage(reader, recordTime, out long time);
        if (count == 0) throw new InvalidDataException("An uplink record holds no more samples.");
        json.WriteNumber("timestamp"u8, time);
        json.WriteStartObject("values"u8);
        bool anyBad = false;
        var again = start; // the good ones are written first, then the bad
        for (int i = 0; i < count && again.TryRead(out var sample); i++)
        {
            if (sample.Quality != Quality.Good) anyBad = true;
            else WriteValue(json, sample);
        }

        json.WriteEndObject();
        if (!anyBad) return count;
        json.WriteStartObject("bad"u8);
        for (int i = 0; i < count && start.TryRead(out var sample); i++)
            if (sample.Quality != Quality.Good)
                json.WriteString(sample.Name, NameOf(sample.Quality));
        json.WriteEndObject();
        return count;
    }

    /// <summary>How many samples go into one message, one at least where there is one: those of one time, as many as fit.</summary>
    private static int CountOfMessage(UplinkRecordReader reader, long recordTime, out long time)
    {
        int count = 0;
        int size = Envelope;
        time = recordTime;
        while (reader.TryRead(out var sample))
        {
            long own = sample.OwnTime ?? recordTime;
            size += LargestJsonOf(sample);
            if (count > 0 && (own != time || size > HubPublish.MaxPayloadLength)) break;
            time = own;
            count++;
        }

        return count;
    }

    private void WriteEvent(Utf8JsonWriter json, UplinkRecordReader reader)
    {
        json.WriteNumber("timestamp"u8, reader.EventTime != 0 ? reader.EventTime : timeOf(reader.Stamp));
        json.WriteString("event"u8, reader.EventName);
        json.WriteString("level"u8, reader.Level switch { EventLevel.Fault => "fault"u8, EventLevel.Alert => "alert"u8, _ => "info"u8 });
        json.WriteStartObject("data"u8);
        while (reader.TryRead(out var sample)) WriteValue(json, sample);
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, in UplinkSample sample)
    {
        json.WritePropertyName(sample.Name);
        switch (sample.Value.Kind)
        {
            case VariantKind.Boolean: json.WriteBooleanValue(sample.Value.AsBoolean()); break;
            case VariantKind.Integer: json.WriteNumberValue(sample.Value.AsInteger()); break;
            case VariantKind.UnsignedInteger: json.WriteNumberValue(sample.Value.AsUnsignedInteger()); break;
            case VariantKind.Number: json.WriteNumberValue(sample.Value.AsNumber()); break;
            case VariantKind.None: json.WriteNullValue(); break;
            default: json.WriteStringValue(sample.Value.ToString()); break;
        }
    }

    private static int LargestJsonOf(in UplinkSample sample) => sample.Name.Length + 32 + sample.Value.Kind switch
    {
        VariantKind.Text => 6 * sample.Value.AsText().Length,
        VariantKind.Bytes => 2 * sample.Value.AsBytes().Length,
        _ => 0,
    };

    /// <summary>The word for a quality that is not good.</summary>
    internal static ReadOnlySpan<byte> NameOf(Quality quality) => quality switch
    {
        Quality.Timeout => "timeout"u8,
        Quality.LinkDown => "linkDown"u8,
        Quality.Refused => "refused"u8,
        Quality.DeviceFault => "deviceFault"u8,
        _ => "invalid"u8,
    };
}
