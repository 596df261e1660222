using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using CsCheck;

namespace BridgeFramework.Runtime.Tests;

public sealed class PlainUplinkTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1700000000000);
    private static readonly SampleStamp Stamp = new(1, 5000);
    private readonly PlainUplink _plain = new(stamp => Now.ToUnixTimeMilliseconds() + stamp.Steady - Stamp.Steady);

    [Fact]
    public void A_set_of_samples_is_one_message_with_values_and_what_is_bad()
    {
        var message = Assert.Single(Encode(17,
            new PointValue(Point("voltage"), Variant.From(230.1)),
            new PointValue(Point("energy"), Quality.Timeout),
            new PointValue(Point("on"), Variant.From(true))));

        Assert.Equal("""{"seq":17,"epoch":"k3f7aq2d","timestamp":1700000000000,"values":{"voltage":230.1,"on":true},"bad":{"energy":"timeout"}}""", message);
    }

    [Fact]
    public void Bad_is_left_out_when_nothing_is_bad_and_values_stay_when_all_is() =>
        Assert.Equal(
            ["""{"seq":1,"epoch":"k3f7aq2d","timestamp":1700000000000,"values":{}""" + ""","bad":{"a":"linkDown"}}""", """{"seq":5,"epoch":"k3f7aq2d","timestamp":1700000000000,"values":{"a":7}}"""],
            [.. Encode(1, new PointValue(Point("a"), Quality.LinkDown)), .. Encode(5, new PointValue(Point("a"), Variant.From(7L)))]);

    [Theory]
    [InlineData(ulong.MaxValue, "18446744073709551615")]
    [InlineData(9007199254740993UL, "9007199254740993")]
    public void Large_integers_keep_every_digit(ulong value, string json) =>
        Assert.Contains($$"""{"a":{{json}}}""", Assert.Single(Encode(1, new PointValue(Point("a"), Variant.From(value)))), StringComparison.Ordinal);

    [Fact]
    public void Samples_of_different_times_are_messages_of_their_own_and_the_sequence_goes_on()
    {
        var messages = Encode(10,
            new PointValue(Point("a"), Variant.From(1L)),
            new PointValue(Point("b"), Variant.From(2L)),
            new PointValue(Point("c"), Variant.From(3L)) { Time = Now.AddSeconds(-5) });

        Assert.Equal(2, messages.Count);
        Assert.StartsWith("""{"seq":10,"epoch":"k3f7aq2d","timestamp":1700000000000,""", messages[0], StringComparison.Ordinal);
        Assert.StartsWith("""{"seq":12,"epoch":"k3f7aq2d","timestamp":1699999995000,""", messages[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_larger_than_a_message_becomes_several_that_each_fit()
    {
        var values = Enumerable.Range(0, 900).Select(i =>
            new PointValue(Point("point_number_" + i.ToString(CultureInfo.InvariantCulture)), Variant.From(i / 7.0))).ToArray();

        var messages = Encode(1, values);

        Assert.True(messages.Count > 1);
        Assert.All(messages, message => Assert.True(Encoding.UTF8.GetByteCount(message) <= HubPublish.MaxPayloadLength));
        Assert.Equal(900, messages.Sum(message => ValuesOf(message).Count));
    }

    [Fact]
    public void An_event_carries_its_name_level_and_data()
    {
        var buffer = new ArrayBufferWriter<byte>();
        UplinkRecord.WriteEvent(buffer, Stamp, new DeviceEvent
        {
            Name = "doorOpened",
            Level = EventLevel.Alert,
            Data = new Dictionary<string, Variant>(StringComparer.Ordinal) { ["by"] = Variant.From("key") },
        });

        var (message, text) = Assert.Single(TestUplink.EncodeAll(_plain, [new OutboxRecord(buffer.WrittenMemory, 1)], 20));

        Assert.Equal(new UplinkMessage(IsEvent: true, Items: 1), message);
        Assert.Equal("""{"seq":20,"epoch":"k3f7aq2d","timestamp":1700000000000,"event":"doorOpened","level":"alert","data":{"by":"key"}}""", text);
    }

    [Fact]
    public void Messages_of_the_backfill_lane_say_so_behind_their_number()
    {
        var (_, text) = Assert.Single(
            TestUplink.EncodeAll(_plain, [TestUplink.Record(Stamp, new PointValue(Point("a"), Variant.From(1)))], 7, LaneKind.Backfill));
        Assert.StartsWith("""{"seq":7,"epoch":"k3f7aq2d","backfill":true,"timestamp":""", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_reported_is_what_arrives() =>
        Gen.OneOf(
                Gen.Bool.Select(Variant.From), Gen.Long.Select(Variant.From), Gen.ULong.Select(Variant.From),
                Gen.Double.Where(double.IsFinite).Select(Variant.From), Gen.String.Where(IsWellFormed).Select(Variant.From))
            .Array[1, 40].Sample(values =>
            {
                var points = values.Select((value, i) => new PointValue(Point("p" + i.ToString(CultureInfo.InvariantCulture)), value))
                    .ToArray();
                var read = Encode(1, points).SelectMany(ValuesOf).ToList();
                return read.Count == values.Length && read.Zip(values).All(pair => Matches(pair.First, pair.Second));
            });

    [Fact]
    public void A_damaged_record_is_told_from_a_good_one_and_nothing_else_is_thrown() =>
        Gen.Byte.Array[0, 64].Sample(bytes =>
        {
            try
            {
                _plain.Encode(
                    [new OutboxRecord(bytes, 1)], 0, new SampleNumber(LaneKind.Live, TestUplink.Epoch, 1), new ArrayBufferWriter<byte>());
            }
            catch (InvalidDataException)
            {
                // The one way to say so.
            }
        });

    private static bool IsWellFormed(string text) => !text.Any(char.IsSurrogate);

    private static List<JsonElement> ValuesOf(string message) =>
        [.. JsonNode.Parse(message)!["values"].Deserialize<Dictionary<string, JsonElement>>()!.Values];

    private static bool Matches(JsonElement json, Variant value) => value.Kind switch
    {
        VariantKind.Boolean => json.GetBoolean() == value.AsBoolean(),
        VariantKind.Integer => json.GetInt64() == value.AsInteger(),
        VariantKind.UnsignedInteger => json.GetUInt64() == value.AsUnsignedInteger(),
        VariantKind.Number => json.GetDouble().Equals(value.AsNumber()),
        _ => string.Equals(json.GetString(), value.AsText(), StringComparison.Ordinal),
    };

    private List<string> Encode(long sequence, params PointValue[] values) =>
        [.. TestUplink.EncodeAll(_plain, [TestUplink.Record(Stamp, values)], sequence).Select(each => each.Text)];

    private static PointDefinition Point(string name) => new() { Name = name, At = new object() };
}
