using System.Text;
using CsCheck;

namespace BridgeFramework.IotHub.Tests;

public sealed class HubTimeTests
{
    private static readonly DateTimeOffset Floor = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_way_there_and_the_way_back_are_taken_to_be_equally_long()
    {
        // The documented formula, (ntptime1 + ntptime2 + t_recv - t_send) / 2, with 300 ms on the way and 40 ms at the hub.
        Assert.True(HubTimeAnswer.TryRead("""{"type":"get","time":1621562342,"ntptime1":1621562342773,"ntptime2":1621562342813}"""u8.ToArray(), out var answer));
        Assert.Equal(1621562342963, answer.AtArrival(TimeSpan.FromMilliseconds(340)).ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("""{"type":"ssh","switch":1}""")]
    [InlineData("""{"type":"get"}""")]
    [InlineData("""{"type":"get","ntptime1":"1621562342773","ntptime2":1621562342773}""")]
    [InlineData("""{"type":"get","ntptime1":1621562342773,"ntptime2":1621562342772}""")] // answered before it was asked
    [InlineData("""{"type":"get","ntptime1":1621562342,"ntptime2":1621562342}""")] // seconds: 1970
    [InlineData("""{"type":"get","ntptime1":99999999999999,"ntptime2":99999999999999}""")]
    [InlineData("""{"type":"get","ntptime1":1e400,"ntptime2":-0}""")]
    [InlineData("""{"type":"\ud800","ntptime1":1621562342773,"ntptime2":1621562342773}""")]
    [InlineData("""{"type":"get","ntptime1":1621562342773,"ntptime1":1621562342774,"ntptime2":1621562342813}""")]
    public void What_tells_no_plausible_time_is_no_answer(string payload) =>
        Assert.False(HubTimeAnswer.TryRead(Encoding.UTF8.GetBytes(payload), out _));

    [Fact]
    public void No_bytes_make_the_reader_throw() => Gen.Byte.Array[0, 100].Sample(bytes =>
    {
        HubTimeAnswer.TryRead(bytes, out _);
    });

    [Fact]
    public void A_clock_behind_the_floor_is_not_believed()
    {
        var system = new TestTime();
        var time = new HubTime(system, TestTime.Noon.AddHours(1));
        Assert.False(time.IsTrusted);
        system.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TestTime.Noon.AddHours(1).AddMinutes(1), time.GetUtcNow()); // it runs on from the floor
    }

    [Fact]
    public void A_clock_ahead_of_the_floor_is_believed_until_the_hub_says_otherwise()
    {
        var system = new TestTime();
        var time = new HubTime(system, Floor);
        Assert.Equal((true, false, TestTime.Noon), (time.IsTrusted, time.IsSynchronized, time.GetUtcNow()));
        time.Set(TestTime.Noon.AddHours(-2), system.GetTimestamp());
        system.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TestTime.Noon.AddHours(-2).AddSeconds(5), time.GetUtcNow());
        Assert.Equal(TimeSpan.FromHours(-2), time.Offset);
    }

    [Fact]
    public void Setting_the_system_clock_does_not_move_the_hubs_time()
    {
        var system = new SteppingClock();
        var time = new HubTime(system, Floor);
        time.Set(TestTime.Noon, system.GetTimestamp());
        system.Wall = TestTime.Noon.AddYears(40);
        system.Ticks += TimeSpan.TicksPerSecond;
        Assert.Equal(TestTime.Noon.AddSeconds(1), time.GetUtcNow());
    }

    private sealed class SteppingClock : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public DateTimeOffset Wall { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => Ticks;
    }
}
