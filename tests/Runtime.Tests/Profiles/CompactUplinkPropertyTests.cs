using System.Buffers;
using System.Globalization;
using System.Text.Json;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using CsCheck;
using static BridgeFramework.Runtime.Tests.CompactSamples;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What holds of the compact form whatever is reported, and whatever of it is damaged.</summary>
public sealed class CompactUplinkPropertyTests
{
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

    private sealed record Expected(string Name, long Time, Variant Value, Quality Quality);
}
