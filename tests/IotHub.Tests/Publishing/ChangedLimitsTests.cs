using BridgeFramework.Testing;
using static BridgeFramework.IotHub.Tests.HubSessionTests;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A window and a pace that change on the connection that stands.</summary>
public sealed class ChangedLimitsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wider_window_lets_more_through_at_once()
    {
        await using var bench = new SessionBench(o => o with { Window = 1 });
        var link = await bench.OnlineAsync(l => l.Confirms = _ => new TaskCompletionSource().Task);
        var publishes = Publish(bench, 4);
        await link.PublishedAsync();
        await bench.ApplyAsync(o => o with { Window = 3 });
        await link.PublishedAsync();
        await link.PublishedAsync();
        Assert.Equal((0, 1), (link.PublishedCount, bench.Session.Status.Attempt));
        await FailAsync(link, publishes);
    }

    [Fact]
    public async Task A_narrower_window_starts_nothing_new_until_it_holds()
    {
        await using var bench = new SessionBench(o => o with { Window = 4 });
        var pubacks = Enumerable.Range(0, 8).Select(_ => new TaskCompletionSource()).ToList();
        var link = await bench.OnlineAsync(l => l.Confirms = p => pubacks[int.Parse(p.Topic, null)].Task);
        var publishes = Publish(bench, 8);
        for (int n = 0; n < 4; n++) await link.PublishedAsync();
        await bench.ApplyAsync(o => o with { Window = 2 });
        for (int n = 0; n < 3; n++)
        {
            Assert.Equal(0, link.PublishedCount);
            pubacks[n].SetResult();
            await publishes[n].OrFail("a confirmation");
        }

        // One is in flight: there is room for one.
        await link.PublishedAsync();
        Assert.Equal(0, link.PublishedCount);
        await bench.ApplyAsync(o => o with { Window = 3 });
        await link.PublishedAsync();
        Assert.Equal(0, link.PublishedCount);
        await FailAsync(link, publishes[3..]);
    }

    [Fact]
    public async Task A_window_that_becomes_narrow_while_nothing_is_under_way_is_narrow()
    {
        await using var bench = new SessionBench(o => o with { Window = 4 });
        var link = await bench.OnlineAsync(l => l.Confirms = _ => new TaskCompletionSource().Task);
        await bench.ApplyAsync(o => o with { Window = 1 });
        var publishes = Publish(bench, 3);
        await link.PublishedAsync();
        Assert.Equal(0, link.PublishedCount);
        await FailAsync(link, publishes);
    }

    [Fact]
    public async Task Another_pace_counts_at_once()
    {
        await using var bench = new SessionBench(o => o with { Pace = new PublishPace(0.1, 1) });
        var link = await bench.OnlineAsync();
        var publishes = Publish(bench, 3);
        await publishes[0].OrFail("the burst");
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(10));
        await bench.ApplyAsync(o => o with { Pace = PublishPace.Unlimited });
        await Task.WhenAll(publishes).OrFail("the others, and no time passes");
        Assert.Equal((3, 1), (link.PublishedCount, bench.Session.Status.Attempt));
    }

    [Fact]
    public async Task Limits_that_come_while_it_connects_are_those_of_the_connection()
    {
        await using var bench = new SessionBench(o => o with { Window = 4 });
        bench.Start();
        var attempt = await bench.Transport.AttemptAsync();
        await bench.ApplyAsync(o => o with { Window = 1 });
        var link = attempt.Accept(l => l.Confirms = _ => new TaskCompletionSource().Task);
        await bench.StateAsync(HubSessionState.Online);
        var publishes = Publish(bench, 3);
        await link.PublishedAsync();
        Assert.Equal(0, link.PublishedCount);
        await FailAsync(link, publishes);
    }

    private static List<Task> Publish(SessionBench bench, int count) =>
        [.. Enumerable.Range(0, count).Select(n => bench.Session.PublishAsync(Telemetry($"{n}"), Ct))];

    private static async Task FailAsync(ScriptedLink link, IEnumerable<Task> publishes)
    {
        link.Close("cut");
        foreach (var publish in publishes) await Assert.ThrowsAsync<HubOfflineException>(() => publish).OrFail("the end of a publish");
    }
}
