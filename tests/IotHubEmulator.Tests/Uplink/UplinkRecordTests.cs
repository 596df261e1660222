using System.Globalization;
using System.Text;

namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class UplinkRecordTests
{
    private long _messages;

    private UplinkRecord Record { get; init; } = new(samplesKept: 100);

    private UplinkEpoch Newest => Assert.Single(Record.Snapshot()[0].Lanes, lane => lane.Lane is UplinkLaneKind.Live).Newest;

    private UplinkCounts Counts => Newest.Counts;

    [Fact]
    public void Messages_in_order_are_counted_and_nothing_else()
    {
        Add(Plain(1, "\"a\":1,\"b\":2"));
        Add("""{"seq":3,"epoch":"k3f7aq2d","base":1000,"points":["a","b"],"sets":[[0,[0,1],1,2],[5,3,{"bad":"timeout"}]]}""");
        Add("""{"seq":7,"epoch":"k3f7aq2d","timestamp":1,"event":"e","level":"info","data":{}}""");
        Add(Plain(8, "\"a\":1"));
        Assert.Equal(
            (1, 8, 8, 0, 0, 0, 0),
            (Newest.First, Newest.Last, Counts.Samples, Counts.Repeated, Counts.Conflicts, Counts.OutOfOrder, Counts.Missing));
        Assert.Equal((4, 2, 1, 1), (Counts.Messages, Counts.Plain, Counts.Compact, Counts.Events));
        Assert.Empty(Newest.Gaps);
    }

    [Fact]
    public void The_lanes_of_a_sub_device_and_those_of_two_have_numbers_of_their_own()
    {
        Add(Plain(1, "\"a\":1"));
        Add("""{"seq":1,"epoch":"k3f7aq2d","backfill":true,"timestamp":9,"values":{"a":5}}""");
        Add(Plain(1, "\"a\":7"), Example.Dev1);
        Assert.Equal(
            ["SUBPROD001/dev1 Live 1", "SUBPROD001/test1 Live 1", "SUBPROD001/test1 Backfill 1"],
            Record.Snapshot().SelectMany(device => device.Lanes).Select(lane => $"{lane.Device} {lane.Lane} {lane.Counts.Samples}"),
            StringComparer.Ordinal);
        Assert.All(
            Record.Snapshot().SelectMany(device => device.Lanes),
            lane => Assert.Equal((0, 0), (lane.Counts.Repeated, lane.Counts.Conflicts)));
    }

    [Fact]
    public void A_repetition_is_counted_whole_or_repacked_in_either_form()
    {
        Add(Plain(1, "\"a\":1,\"b\":\"x\""));
        Add(Plain(1, "\"a\":1,\"b\":\"x\""));
        Add("""{"seq":2,"epoch":"k3f7aq2d","base":900,"points":["b","c"],"sets":[[100,[0,1],"x",5]]}""");
        Assert.Equal((3, 3, 0, 0), (Counts.Samples, Counts.Repeated, Counts.Conflicts, Counts.NotCompared));
    }

    [Theory]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1000,"values":{"a":2}}""")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1000,"values":{"b":1}}""")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1001,"values":{"a":1}}""")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1000,"values":{"a":"1"}}""")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1000,"values":{},"bad":{"a":"timeout"}}""")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1000,"event":"a","level":"info","data":{}}""")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1000,"points":["a"],"sets":[[1,[0],1]]}""")]
    public void Another_point_value_or_time_under_a_number_is_a_conflict(string second)
    {
        Add(Plain(1, "\"a\":1"));
        Add(second);
        Assert.Equal((1, 0, 1), (Counts.Samples, Counts.Repeated, Counts.Conflicts));
        var conflict = Assert.Single(Newest.ConflictsFound);
        Assert.Equal((1, 2, 1), (conflict.Number, conflict.Message, conflict.EarlierMessage));
    }

    [Fact]
    public void Where_good_and_bad_are_apart_a_repacked_sample_is_found_under_another_number_of_the_message_and_a_strange_one_is_not()
    {
        // Numbered as v=1, e=2, x=3, which the first message does not tell.
        Add("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1000,"values":{"v":1,"x":3},"bad":{"e":"timeout"}}""");
        Add("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1000,"values":{"v":1},"bad":{"e":"timeout"}}""");
        Add(Plain(3, "\"x\":3"));
        Assert.Equal((3, 3, 0), (Counts.Samples, Counts.Repeated, Counts.Conflicts));
        Add(Plain(3, "\"x\":4"));
        Assert.Equal(1, Counts.Conflicts);

        Record.Clear();
        Add(Plain(1, "\"v\":1"));
        Add("""{"seq":2,"epoch":"k3f7aq2d","timestamp":1000,"values":{},"bad":{"e":"timeout"}}""");
        Add(Plain(3, "\"x\":3"));
        Add("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1000,"values":{"v":1,"x":3},"bad":{"e":"timeout"}}""");
        Assert.Equal((3, 3, 0), (Counts.Samples, Counts.Repeated, Counts.Conflicts));
        Add("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1000,"values":{"v":1,"x":4},"bad":{"e":"timeout"}}""");
        Assert.Equal(1, Counts.Conflicts);
    }

    [Fact]
    public void Gaps_are_the_numbers_between_that_never_came_and_close_out_of_order()
    {
        Add(Plain(5, "\"a\":1,\"b\":1"));
        Add(Plain(10, "\"a\":2"));
        Add(Plain(20, "\"a\":3"));
        Assert.Equal("7..9 11..19", string.Join(' ', Newest.Gaps));
        Assert.Equal((12, 0), (Counts.Missing, Counts.OutOfOrder));
        Add(Plain(7, "\"a\":4,\"b\":4,\"c\":4"));
        Assert.Equal("11..19", string.Join(' ', Newest.Gaps));
        Assert.Equal((9, 3, 0, 0), (Counts.Missing, Counts.OutOfOrder, Counts.Repeated, Counts.Conflicts));
    }

    [Fact]
    public void What_is_kept_is_bounded_and_a_repetition_beyond_it_is_not_compared()
    {
        for (int i = 1; i <= 101; i++) Add(Plain(i, "\"a\":1"));
        Add(Plain(1, "\"a\":2"));
        Add(Plain(2, "\"a\":2"));
        Assert.Equal((101, 1, 1, 1), (Counts.Samples, Counts.Repeated, Counts.NotCompared, Counts.Conflicts));
    }

    [Fact]
    public void The_gaps_shown_are_bounded_and_all_are_counted()
    {
        for (int i = 1; i <= 10_000; i++) Add(Plain(2 * i, "\"a\":1"));
        Assert.Equal((9_999, 100), (Counts.Missing, Newest.Gaps.Count));
    }

    [Fact]
    public void What_others_publish_is_foreign_and_replies_are_replies()
    {
        Add("hello");
        Add("""{"temperature":21.5,"seq":3}""");
        Add("""{"outcome":"done","id":"c1","results":{}}""");
        var device = Assert.Single(Record.Snapshot());
        Assert.Empty(device.Lanes);
        Assert.Equal((2, 1), (device.Foreign, device.Replies));
        Assert.Equal("'epoch' is missing.", device.ForeignReason);
    }

    private void Add(string payload, HubDeviceId? device = null) =>
        Record.Add(device ?? Example.Test1, ++_messages, Encoding.UTF8.GetBytes(payload));

    private static string Plain(long sequence, string values) =>
        string.Create(CultureInfo.InvariantCulture, $$$"""{"seq":{{{sequence}}},"epoch":"k3f7aq2d","timestamp":1000,"values":{{{{values}}}}}""");
}
