using System.Buffers;
using System.Globalization;
using System.Text;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using static BridgeFramework.Runtime.Tests.CompactSamples;

namespace BridgeFramework.Runtime.Tests;

public sealed class CompactUplinkTests
{
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

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static OutboxRecord Cut(OutboxRecord record, int bytes) => record with { Bytes = record.Bytes[..^bytes] };

    private (UplinkMessage Message, string Text) EncodeOnce(IReadOnlyList<OutboxRecord> records, int skipped, long sequence)
    {
        var output = new ArrayBufferWriter<byte>();
        var message = _compact.Encode(records, skipped, new SampleNumber(LaneKind.Live, TestUplink.Epoch, sequence), output);
        return (message, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private List<string> Encode(long sequence, params OutboxRecord[] records) =>
        [.. TestUplink.EncodeAll(_compact, records, sequence).Select(each => each.Text)];
}
