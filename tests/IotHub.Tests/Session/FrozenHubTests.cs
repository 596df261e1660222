using BridgeFramework.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A hub that holds the connection and says nothing.</summary>
public sealed class FrozenHubTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_frozen_hub_is_noticed_when_nothing_goes_on()
    {
        await using var bench = new SessionBench(o => o with { KeepAlive = TimeSpan.FromSeconds(60) });
        var link = await bench.OnlineAsync();
        link.Frozen = true;
        bench.Time.Advance(TimeSpan.FromSeconds(30)); // half a keep-alive
        await link.PingedAsync();
        bench.Time.Advance(TimeSpan.FromSeconds(15)); // the answer time
        Assert.Equal(HubFaultKind.Frozen, (await bench.StateAsync(HubSessionState.BackingOff)).LastFault?.Kind);
    }

    [Fact]
    public async Task A_frozen_hub_is_noticed_under_steady_publishing()
    {
        await using var bench = new SessionBench(o => o with
        {
            AnswerTime = TimeSpan.FromSeconds(10),
            PublishDeadline = TimeSpan.FromSeconds(2),
        });
        var link = await bench.OnlineAsync();
        link.Frozen = true;
        for (int second = 0; second < 10; second += 2)
        {
            var publish = bench.Session.PublishAsync(HubSessionTests.Telemetry($"t{second}"), Ct);
            await link.PublishedAsync();
            bench.Time.Advance(TimeSpan.FromSeconds(2));
            await Assert.ThrowsAsync<TimeoutException>(() => publish).OrFail("the end of the publish");
        }

        Assert.Equal(HubFaultKind.Frozen, (await bench.StateAsync(HubSessionState.BackingOff)).LastFault?.Kind);
    }
}
