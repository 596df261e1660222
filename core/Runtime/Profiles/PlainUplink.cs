using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BridgeFramework.Runtime;

/// <summary>The profile <c>plain</c>, upwards: one message for each set of samples, names and values as JSON.</summary>
/// <remarks>
/// <para><c>{"seq":17,"timestamp":1700000000000,"values":{"voltage":230.1},"bad":{"energy":"timeout"}}</c>: <c>seq</c> is the
/// number of the message's first sample in its lane, <c>timestamp</c> is in ms since the epoch, <c>bad</c> is left out when there is none.</para>
/// <para>An event is <c>{"seq":20,"timestamp":1700000000000,"event":"doorOpened","level":"info","data":{"by":"key"}}</c>.</para>
/// <para>A set whose samples differ in time, or that is larger than a message may be, becomes several messages.</para>
/// </remarks>
internal static class PlainUplink
{
    /// <summary>The largest payload the hub takes.</summary>
    public const int MaxPayload = 16 * 1024;

    // What stands around the samples: seq, timestamp and the braces.
    private const int Envelope = 96;

    internal static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // no browser reads it; units stay readable
        SkipValidation = true,
    };

    /// <summary>Makes the messages of one record.</summary>
    /// <param name="record">An <see cref="UplinkRecord"/>.</param>
    /// <param name="sequence">The number of its first sample.</param>
    /// <returns>One or more messages, in order. One that is larger than <see cref="MaxPayload"/> holds a single value that no message can carry.</returns>
    /// <exception cref="InvalidDataException">The record is damaged.</exception>
    public static IReadOnlyList<UplinkMessage> Encode(ReadOnlySpan<byte> record, long sequence)
    {
        var reader = new UplinkRecordReader(record);
        if (reader.Kind == UplinkRecord.EventKind) return [EncodeEvent(reader, sequence)];
        var messages = new List<UplinkMessage>(capacity: 1);
        while (reader.Remaining > 0)
        {
            var start = reader;
            int count = SkipOneMessage(ref reader);
            messages.Add(EncodeSamples(start, count, sequence));
            sequence += count;
        }

        return messages;
    }

    private static UplinkMessage EncodeSamples(UplinkRecordReader start, int count, long sequence)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(output, WriterOptions);
        json.WriteStartObject();
        json.WriteNumber("seq"u8, sequence);
        json.WriteNumber("timestamp"u8, TimeOfNext(start));
        json.WriteStartObject("values"u8);
        bool anyBad = false;
        var again = start; // a copy is a bookmark: the good ones are written first, then the bad
        for (int i = 0; i < count && again.TryRead(out var sample); i++)
        {
            if (sample.Quality != Quality.Good) anyBad = true;
            else WriteValue(json, sample);
        }

        json.WriteEndObject();
        if (anyBad)
        {
            json.WriteStartObject("bad"u8);
            again = start;
            for (int i = 0; i < count && again.TryRead(out var sample); i++)
                if (sample.Quality != Quality.Good)
                    json.WriteString(sample.Name, NameOf(sample.Quality));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return new UplinkMessage(IsEvent: false, output.WrittenMemory);
    }

    /// <summary>Moves past the samples that go into one message, one at least, and counts them.</summary>
    private static int SkipOneMessage(ref UplinkRecordReader reader)
    {
        int count = 0;
        int size = Envelope;
        long time = TimeOfNext(reader);
        var ahead = reader;
        while (ahead.TryRead(out var sample))
        {
            size += LargestJsonOf(sample);
            if (count > 0 && (sample.Time != time || size > MaxPayload)) break;
            reader = ahead;
            count++;
        }

        return count;
    }

    private static long TimeOfNext(UplinkRecordReader reader) => reader.TryRead(out var sample) ? sample.Time : reader.Time;

    private static UplinkMessage EncodeEvent(UplinkRecordReader reader, long sequence)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(output, WriterOptions);
        json.WriteStartObject();
        json.WriteNumber("seq"u8, sequence);
        json.WriteNumber("timestamp"u8, reader.Time);
        json.WriteString("event"u8, reader.EventName);
        json.WriteString("level"u8, reader.Level switch { EventLevel.Fault => "fault"u8, EventLevel.Alert => "alert"u8, _ => "info"u8 });
        json.WriteStartObject("data"u8);
        while (reader.TryRead(out var sample)) WriteValue(json, sample);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return new UplinkMessage(IsEvent: true, output.WrittenMemory);
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

    private static ReadOnlySpan<byte> NameOf(Quality quality) => quality switch
    {
        Quality.Timeout => "timeout"u8,
        Quality.LinkDown => "linkDown"u8,
        Quality.Refused => "refused"u8,
        Quality.DeviceFault => "deviceFault"u8,
        _ => "invalid"u8,
    };
}
