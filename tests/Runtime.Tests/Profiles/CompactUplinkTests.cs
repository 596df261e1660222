using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using CsCheck;

namespace BridgeFramework.Runtime.Tests;

public sealed class CompactUplinkTests
{
    private const long Zero = 1700000000000;
    private readonly CompactUplink _compact = new(TimeOf);

    [Fact]
    public void Names_stand_once_and_columns_only_where_they_change() =>
        Assert.Equal(
            ["""{"seq":17,"epoch":"k3f7aq2d","base":1700000000000,"points":["voltage","energy"],"sets":[[0,[0,1],230.1,1100],[1000,230.2,{"bad":"timeout"}],[2000,[1],1101],[3000,1102],[4000,[1,0],1103,230.5]]}"""],
            Encode(
                17,
                Set(0, Value("voltage", Variant.From(230.1)), Value("energy", Variant.From(1100L))),
                Set(1000, Value("voltage", Variant.From(230.2)), new PointValue(Point("energy"), Quality.Timeout)),
                Set(2000, Value("energy", Variant.From(1101L))),
                Set(3000, Value("energy", Variant.From(1102L))),
                Set(4000, Value("energy", Variant.From(1103L)), Value("voltage", Variant.From(230.5)))));

    [Fact]
    public void Every_kind_of_value_is_JSON() =>
        Assert.Equal(
            ["""{"seq":1,"epoch":"k3f7aq2d","base":1700000000000,"points":["a","b","c","d","e"],"sets":[[0,[0,1,2,3,4],true,18446744073709551615,-0.5,"°C \"x\"\n","00FF"]]}"""],
            Encode(1, Set(
                0, Value("a", Variant.From(true)), Value("b", Variant.From(ulong.MaxValue)), Value("c", Variant.From(-0.5)),
                Value("d", Variant.From("°C \"x\"\n")), Value("e", Variant.From(new byte[] { 0, 255 })))));

    [Fact]
    public void Samples_with_a_time_of_their_own_are_sets_of_their_own_and_may_be_earlier_than_the_first() =>
        Assert.Equal(
            ["""{"seq":1,"epoch":"k3f7aq2d","base":1700000005000,"points":["a","b","c"],"sets":[[0,[0],1],[-7000,[1,2],2,3],[-5000,[0],4]]}"""],
            Encode(
                1,
                Set(5000, Value("a", Variant.From(1)), Value("b", Variant.From(2), ownTime: -2000), Value(
                    "c", Variant.From(3), ownTime: -2000)),
                Set(0, Value("a", Variant.From(4)))));

    [Fact]
    public void Samples_that_have_arrived_are_passed_over()
    {
        var record = Set(0, Value("a", Variant.From(1)), Value("b", Variant.From(2)), Value("c", Variant.From(3)));
        var (message, text) = EncodeOnce([record, Set(1000, Value("c", Variant.From(4)))], skipped: 2, sequence: 3);

        Assert.Equal(new UplinkMessage(IsEvent: false, Items: 2), message);
        Assert.Equal("""{"seq":3,"epoch":"k3f7aq2d","base":1700000000000,"points":["c"],"sets":[[0,[0],3],[1000,4]]}""", text);
    }

    [Fact]
    public void Messages_of_the_backfill_lane_say_so_behind_their_number()
    {
        var (_, text) = Assert.Single(TestUplink.EncodeAll(_compact, [Set(0, Value("a", Variant.From(1)))], 7, LaneKind.Backfill));
        Assert.Equal("""{"seq":7,"epoch":"k3f7aq2d","backfill":true,"base":1700000000000,"points":["a"],"sets":[[0,[0],1]]}""", text);
    }

    [Fact]
    public void An_event_ends_the_message_before_it_and_is_one_of_its_own()
    {
        var messages = TestUplink.EncodeAll(
            _compact,
            [Set(0, Value("a", Variant.From(1))), Event(500, "doorOpened"), Set(1000, Value("a", Variant.From(2)))],
            20);

        Assert.Equal([false, true, false], messages.Select(each => each.Message.IsEvent));
        Assert.Equal(
            [
                """{"seq":20,"epoch":"k3f7aq2d","base":1700000000000,"points":["a"],"sets":[[0,[0],1]]}""",
                """{"seq":21,"epoch":"k3f7aq2d","timestamp":1700000000500,"event":"doorOpened","level":"info","data":{"by":"key"}}""",
                """{"seq":22,"epoch":"k3f7aq2d","base":1700000001000,"points":["a"],"sets":[[0,[0],2]]}""",
            ],
            messages.Select(each => each.Text), StringComparer.Ordinal);
    }

    [Fact]
    public void A_set_too_large_for_a_message_is_split_and_numbered_on()
    {
        var values = Enumerable.Range(0, 3000).Select(i => Value("point_number_" + Text(i), Variant.From(i))).ToArray();

        var messages = Encode(5, Set(0, values));

        Assert.InRange(messages.Count, 5, 12);
        Assert.All(messages, AssertFits);
        var read = messages.SelectMany(Decode).ToList();
        Assert.Equal(Enumerable.Range(5, 3000).Select(i => (long)i), read.Select(sample => sample.Sequence));
        Assert.Equal(
            Enumerable.Range(0, 3000).Select(i => "point_number_" + Text(i)), read.Select(sample => sample.Name), StringComparer.Ordinal);
    }

    [Fact]
    public void A_value_that_fits_into_no_message_is_one_too_large_to_be_sent_and_those_around_it_go()
    {
        var messages = TestUplink.EncodeAll(
            _compact, [Set(0, Value("a", Variant.From(1)), Value("b", Variant.From(new string('x', 20_000))), Value("c", Variant.From(3)))],
                1);

        Assert.Equal([1, 1, 1], messages.Select(each => each.Message.Items));
        Assert.True(Encoding.UTF8.GetByteCount(messages[1].Text) > HubPublish.MaxPayloadLength);
        Assert.Equal("""{"seq":1,"epoch":"k3f7aq2d","base":1700000000000,"points":["a"],"sets":[[0,[0],1]]}""", messages[0].Text);
        Assert.Equal("""{"seq":3,"epoch":"k3f7aq2d","base":1700000000000,"points":["c"],"sets":[[0,[0],3]]}""", messages[2].Text);
    }

    [Fact]
    public void A_damaged_record_ends_the_message_before_it_and_leaves_nothing_in_it()
    {
        var damaged = Cut(Set(1000, Value(new string('n', 64), Variant.From(2)), Value("b", Variant.From(3))), bytes: 2);
        var (message, text) = EncodeOnce([Set(0, Value("a", Variant.From(1))), damaged], skipped: 0, sequence: 1);

        Assert.Equal(1, message.Items);
        Assert.Equal("""{"seq":1,"epoch":"k3f7aq2d","base":1700000000000,"points":["a"],"sets":[[0,[0],1]]}""", text);
        Assert.Throws<InvalidDataException>(() => EncodeOnce([damaged], skipped: 0, sequence: 2));
    }

    [Fact]
    public void What_a_damaged_record_holds_before_the_damage_is_sent()
    {
        var damaged = Cut(Set(0, Value("a", Variant.From(1)), Value("b", Variant.From(2), ownTime: 500),
            Value("c", Variant.From(3), ownTime: 700)), bytes: 2);
        var (message, text) = EncodeOnce([damaged, Set(1000, Value("a", Variant.From(4)))], skipped: 0, sequence: 1);

        Assert.Equal(1, message.Items);
        Assert.Equal("""{"seq":1,"epoch":"k3f7aq2d","base":1700000000000,"points":["a"],"sets":[[0,[0],1]]}""", text);
    }

    [Fact]
    public void Twenty_points_a_second_fill_a_message_with_a_thousand_samples_and_more()
    {
        var random = new Random(1);
        var records = Enumerable.Range(0, 200).Select(second => Set(
            second * 1000L, [.. Enumerable.Range(0, 20)
                .Select(i => Value("sensor_" + Text(i), Variant.From(Math.Round(random.NextDouble() * 500, 2))))])).ToList();

        var (message, text) = EncodeOnce(records, skipped: 0, sequence: 1);

        AssertFits(text);
        Assert.True(message.Items >= 1000, $"A message holds {message.Items} samples.");
        Assert.True(Encoding.UTF8.GetByteCount(text) > HubPublish.MaxPayloadLength - 512, "A message is left half empty.");
    }

    [Fact]
    public void What_was_reported_is_what_arrives_in_its_order() =>
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var compact = new CompactUplink(TimeOf); // one caller at a time
                var (records, expected) = Reported(random, records: random.Next(1, 40));
                long first = random.NextInt64(1, long.MaxValue / 2);
                var lane = (LaneKind)random.Next(2);
                var read = new List<Sample>();
                foreach (var (message, text) in TestUplink.EncodeAll(compact, records, first, lane))
                {
                    AssertFits(text);
                    Assert.Equal(lane == LaneKind.Backfill, text.Contains(",\"backfill\":true,", StringComparison.Ordinal));
                    var samples = Decode(text);
                    Assert.Equal(message.Items, samples.Count);
                    Assert.Equal(message.IsEvent, samples[0].IsEvent);
                    read.AddRange(samples);
                }

                Assert.Equal(expected.Count, read.Count);
                for (int i = 0; i < read.Count; i++)
                {
                    Assert.Equal(first + i, read[i].Sequence);
                    Assert.Equal((expected[i].Name, expected[i].Time), (read[i].Name, read[i].Time));
                    if (!read[i].IsEvent)
                        Assert.True(
                            Matches(read[i].Json, expected[i].Value, expected[i].Quality), $"{read[i].Json} is not {expected[i].Value}");
                }
            },
            print: seed => seed.ToString(CultureInfo.InvariantCulture));

    [Fact]
    public void A_damaged_record_is_told_from_a_good_one_and_nothing_else_is_thrown() =>
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var compact = new CompactUplink(TimeOf);
                var (records, _) = Reported(random, records: random.Next(1, 6));
                var damaged = records.Select(record => Damage(record, random)).ToList();
                var output = new ArrayBufferWriter<byte>();
                try
                {
                    var message = compact.Encode(damaged, random.Next(3), new SampleNumber(LaneKind.Live, TestUplink.Epoch, 1), output);
                    Assert.True(message.Items > 0);
                    if (!message.IsEvent && message.Items > 1) Assert.True(output.WrittenCount <= HubPublish.MaxPayloadLength);
                    using var json = JsonDocument.Parse(output.WrittenMemory);
                }
                catch (InvalidDataException)
                {
                    // The one way to say so.
                }

                // Nothing of it is left behind.
                Assert.Equal(
                    """{"seq":1,"epoch":"k3f7aq2d","base":1700000000000,"points":["a"],"sets":[[0,[0],1]]}""",
                    Assert.Single(TestUplink.EncodeAll(compact, [Set(0, Value("a", Variant.From(1)))], sequence: 1)).Text);
            },
            print: seed => seed.ToString(CultureInfo.InvariantCulture));

    private static long TimeOf(SampleStamp stamp) => Zero + stamp.Steady;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static PointDefinition Point(string name) => new() { Name = name, At = new object() };

    private static PointValue Value(string name, Variant value, long? ownTime = null) =>
        new(Point(name), value) { Time = ownTime is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(Zero + time) : null };

    private static OutboxRecord Set(long time, params PointValue[] values) => TestUplink.Record(new SampleStamp(1, time), values);

    private static OutboxRecord Event(long time, string name)
    {
        var buffer = new ArrayBufferWriter<byte>();
        UplinkRecord.WriteEvent(buffer, new SampleStamp(1, time), new DeviceEvent
        {
            Name = name,
            Data = new Dictionary<string, Variant>(StringComparer.Ordinal) { ["by"] = Variant.From("key") },
        });
        return new OutboxRecord(buffer.WrittenMemory, 1);
    }

    private static OutboxRecord Cut(OutboxRecord record, int bytes) => record with { Bytes = record.Bytes[..^bytes] };

    private static OutboxRecord Damage(OutboxRecord record, Random random)
    {
        if (random.Next(4) == 0) return record;
        byte[] bytes = random.Next(4) == 0 ? new byte[random.Next(64)] : record.Bytes.ToArray();
        if (bytes.Length == 0) return record with { Bytes = bytes };
        int first = random.Next(bytes.Length);
        random.NextBytes(bytes.AsSpan(first, Math.Min(random.Next(1, 8), bytes.Length - first)));
        if (random.Next(2) == 0) bytes[0] = UplinkRecord.SamplesKind;
        return record with { Bytes = bytes.AsMemory(0, random.Next(3) == 0 ? random.Next(bytes.Length + 1) : bytes.Length) };
    }

    private (UplinkMessage Message, string Text) EncodeOnce(IReadOnlyList<OutboxRecord> records, int skipped, long sequence)
    {
        var output = new ArrayBufferWriter<byte>();
        var message = _compact.Encode(records, skipped, new SampleNumber(LaneKind.Live, TestUplink.Epoch, sequence), output);
        return (message, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private List<string> Encode(long sequence, params OutboxRecord[] records) =>
        [.. TestUplink.EncodeAll(_compact, records, sequence).Select(each => each.Text)];

    private static void AssertFits(string message) =>
        Assert.True(Encoding.UTF8.GetByteCount(message) <= HubPublish.MaxPayloadLength, "A message is too large.");

    private static (List<OutboxRecord> Records, List<Expected> Samples) Reported(Random random, int records)
    {
        var made = new List<OutboxRecord>();
        var expected = new List<Expected>();
        for (long time = random.Next(1_000_000); made.Count < records; time += random.Next(5000))
        {
            if (random.Next(10) == 0)
            {
                made.Add(Event(time, "doorOpened"));
                expected.Add(new Expected("doorOpened", Zero + time, default, Quality.Good));
                continue;
            }

            int points = random.Next(10) == 0 ? random.Next(1, 600) : random.Next(1, 20);
            int shift = random.Next(2) == 0 ? 0 : random.Next(10);
            bool mayHaveTimes = random.Next(3) == 0;
            var values = new PointValue[points];
            for (int i = 0; i < points; i++)
            {
                long? own = mayHaveTimes && random.Next(3) == 0 ? time - random.Next(4) : null;
                string name = random.Next(20) == 0 ? $"größe{i}" : $"p{i + shift}";
                values[i] = random.Next(8) == 0
                    ? new PointValue(Point(name), (Quality)random.Next(1, 6))
                    {
                        Time = own is { } at
                        ? DateTimeOffset.FromUnixTimeMilliseconds(Zero + at) : null
                    }
                    : Value(name, AnyVariant(random), own);
                expected.Add(new Expected(name, Zero + (own ?? time), values[i].Value, values[i].Quality));
            }

            made.Add(Set(time, values));
        }

        return (made, expected);
    }

    private static Variant AnyVariant(Random random) => random.Next(8) switch
    {
        0 => Variant.From(random.Next(2) == 0),
        1 => Variant.From(random.NextInt64(long.MinValue, long.MaxValue)),
        2 => Variant.From(unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue))),
        3 => Variant.From(Math.Round(random.NextDouble() * 1000, 1)),
        4 => Variant.From((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-300, 300))),
        5 => Variant.From((double)(float)random.NextDouble()),
        6 => Variant.From(new string(
            [.. Enumerable.Range(0, random.Next(10) == 0 ? random.Next(1500) : random.Next(10)).Select(_ => (char)random.Next(0xD000))])),
        _ => Variant.From(Enumerable.Range(0, random.Next(20)).Select(i => (byte)i).ToArray()),
    };

    private static bool Matches(JsonElement json, Variant value, Quality quality) => quality switch
    {
        Quality.Good => Matches(json, value),
        Quality.Timeout => json.GetProperty("bad").ValueEquals("timeout"),
        Quality.LinkDown => json.GetProperty("bad").ValueEquals("linkDown"),
        Quality.Refused => json.GetProperty("bad").ValueEquals("refused"),
        Quality.DeviceFault => json.GetProperty("bad").ValueEquals("deviceFault"),
        _ => json.GetProperty("bad").ValueEquals("invalid"),
    };

    private static bool Matches(JsonElement json, Variant value) => value.Kind switch
    {
        VariantKind.Boolean => json.GetBoolean() == value.AsBoolean(),
        VariantKind.Integer => json.GetInt64() == value.AsInteger(),
        VariantKind.UnsignedInteger => json.GetUInt64() == value.AsUnsignedInteger(),
        VariantKind.Number => json.GetDouble().Equals(value.AsNumber()),
        VariantKind.Bytes => json.ValueEquals(Convert.ToHexString(value.AsBytes().Span)),
        _ => json.ValueEquals(value.AsText()),
    };

    /// <summary>Reads a message as somebody would who has only the description of the format.</summary>
    private static List<Sample> Decode(string message)
    {
        var root = JsonNode.Parse(message)!;
        long sequence = (long)root["seq"]!;
        if (root["event"] is { } happened)
            return [new Sample(sequence, (string)happened!, (long)root["timestamp"]!, default, IsEvent: true)];
        string[] points = [.. root["points"]!.AsArray().Select(point => (string)point!)];
        int[] columns = [];
        var samples = new List<Sample>();
        foreach (var set in root["sets"]!.AsArray().Select(each => each!.AsArray()))
        {
            long time = (long)root["base"]! + (long)set[0]!;
            int at = 1;
            if (set[1] is JsonArray changed)
            {
                columns = [.. changed.Select(place => (int)place!)];
                at = 2;
            }

            Assert.Equal(columns.Length, set.Count - at);
            foreach (int column in columns)
                samples.Add(new Sample(sequence++, points[column], time, set[at++].Deserialize<JsonElement>(), IsEvent: false));
        }

        return samples;
    }

    private sealed record Sample(long Sequence, string Name, long Time, JsonElement Json, bool IsEvent);

    private sealed record Expected(string Name, long Time, Variant Value, Quality Quality);
}
