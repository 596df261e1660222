using BridgeFramework.IotHub;

namespace BridgeFramework.Gateway.Tests;

public sealed class HubViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, true)]
    [InlineData(599, true)]
    [InlineData(600, false)]
    public void A_second_client_is_remembered_for_ten_minutes_while_the_gateway_is_online(int secondsAgo, bool isDisplaced)
    {
        var view = HubView.Of(Online with { DisplacedAt = Now.AddSeconds(-secondsAgo) }, "mqtts://hub:8883", Now);

        Assert.Equal((true, isDisplaced), (view.Ok, view.IsDisplaced));
    }

    [Fact]
    public void Other_trouble_is_none_of_it() => Assert.False(HubView.Of(
        Online with { LastFault = new HubFault(HubFaultKind.Lost, "cut", Now) }, "mqtts://hub:8883", Now).IsDisplaced);

    private static HubSessionStatus Online => new() { State = HubSessionState.Online, Since = Now };
}
