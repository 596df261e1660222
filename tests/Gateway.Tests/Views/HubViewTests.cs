using BridgeFramework.IotHub;
using BridgeFramework.Testing;

namespace BridgeFramework.Gateway.Tests;

public sealed class HubViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private readonly WatchedTime _time = new(Now);

    private HubSessionStatus Online =>
        new() { State = HubSessionState.Online, Since = Now, SinceTimestamp = _time.GetTimestamp() };

    [Theory]
    [InlineData(0, true)]
    [InlineData(599, true)]
    [InlineData(600, false)]
    public void A_second_client_is_remembered_for_ten_minutes_while_the_gateway_is_online(int secondsAgo, bool isDisplaced)
    {
        var status = Online with { DisplacedAt = Now, DisplacedTimestamp = _time.GetTimestamp() };
        _time.Advance(TimeSpan.FromSeconds(secondsAgo));

        var view = HubView.Of(status, "mqtts://hub:8883", _time);

        Assert.Equal((true, isDisplaced), (view.Ok, view.IsDisplaced));
    }

    [Fact]
    public void Other_trouble_is_none_of_it() => Assert.False(HubView.Of(
        Online with { LastFault = new HubFault(HubFaultKind.Lost, "cut", Now), LastFaultTimestamp = _time.GetTimestamp() },
        "mqtts://hub:8883", _time).IsDisplaced);

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public void How_long_something_lasts_does_not_depend_on_a_clock_that_is_set_meanwhile(int days)
    {
        long then = _time.GetTimestamp();
        var status = new HubSessionStatus
        {
            State = HubSessionState.BackingOff,
            Since = Now,
            SinceTimestamp = then,
            LastFault = new HubFault(HubFaultKind.Displaced, "cut", Now),
            LastFaultTimestamp = then,
            DisplacedAt = Now,
            DisplacedTimestamp = then,
            RetryAt = Now.AddSeconds(20),
        };
        _time.Advance(TimeSpan.FromSeconds(5));
        _time.SetClock(TimeSpan.FromDays(days));

        var view = HubView.Of(status, "mqtts://hub:8883", _time);

        Assert.Equal((5, 15, 5, true), (
            view.For.TotalSeconds, view.RetryIn?.TotalSeconds, view.LastFault?.Age.TotalSeconds, view.IsDisplaced));
        Assert.Equal((Now, Now.AddSeconds(20), Now), (view.Since, view.RetryAt, view.LastFault?.At));
    }
}
