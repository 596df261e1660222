using BridgeFramework.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>Which subscriptions a connection has, and which are made again on the next.</summary>
public sealed class SubscriptionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Subscriptions_are_made_again_several_at_a_time_but_not_all()
    {
        await using var bench = new SessionBench();
        for (int n = 0; n < 40; n++) await bench.Session.SubscribeAsync($"p/d{n}/control", 1, Ct);
        var held = new TaskCompletionSource();
        int asked = 0;
        var sixteen = new TaskCompletionSource();
        bench.Start();
        var link = (await bench.Transport.AttemptAsync()).Accept(l => l.BeforeSubscribe = _ =>
        {
            if (++asked == 16) sixteen.SetResult();
            return held.Task;
        });
        await sixteen.Task.OrFail("sixteen subscriptions under way");
        Assert.Equal((16, HubSessionState.Connecting), (asked, bench.Session.Status.State));
        held.SetResult();
        await bench.StateAsync(HubSessionState.Online);
        var made = new HashSet<string>(StringComparer.Ordinal);
        for (int n = 0; n < 40; n++) made.Add(await link.SubscribedAsync());
        Assert.Equal(40, made.Count);
    }

    [Fact]
    public async Task A_connection_that_ends_among_many_subscriptions_is_made_again()
    {
        await using var bench = new SessionBench();
        for (int n = 0; n < 40; n++) await bench.Session.SubscribeAsync($"p/d{n}/control", 1, Ct);
        bench.Start();
        var link = (await bench.Transport.AttemptAsync()).Accept(l => l.Frozen = true);
        await link.SubscribedAsync();
        link.Close("cut");
        await bench.StateAsync(HubSessionState.BackingOff);
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        var next = await bench.OnlineAsync();
        for (int n = 0; n < 40; n++) await next.SubscribedAsync();
    }

    [Fact]
    public async Task Subscriptions_are_made_again_before_it_says_online()
    {
        await using var bench = new SessionBench();
        await bench.Session.SubscribeAsync("a/b/control", 1, Ct);
        var held = new TaskCompletionSource();
        bench.Start();
        var link = (await bench.Transport.AttemptAsync()).Accept(l => l.BeforeSubscribe = _ => held.Task);
        Assert.Equal(HubSessionState.Connecting, bench.Session.Status.State);
        await bench.Session.SubscribeAsync("a/c/control", 1, Ct); // while it is busy with the first
        held.SetResult();
        Assert.Equal("a/b/control", await link.SubscribedAsync());
        Assert.Equal("a/c/control", await link.SubscribedAsync());
        await bench.StateAsync(HubSessionState.Online);

        link.Close("cut");
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        var next = await bench.OnlineAsync();
        Assert.Equal("a/b/control", await next.SubscribedAsync());
        Assert.Equal("a/c/control", await next.SubscribedAsync());
    }

    [Fact]
    public async Task A_refused_subscription_is_an_error_and_is_not_remembered()
    {
        await using var bench = new SessionBench();
        var link = await bench.OnlineAsync(l => l.Grants = topic => topic is not "x/y/control");
        var refusal = await Assert.ThrowsAsync<SubscriptionRefusedException>(
            async () => await bench.Session.SubscribeAsync("x/y/control", 1, Ct));
        Assert.Equal("x/y/control", refusal.Topic);
        link.Close("cut");
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.OnlineAsync(l => l.Grants = _ => throw new InvalidOperationException("asked again"));
    }

    [Fact]
    public async Task A_remembered_subscription_that_is_refused_later_is_named_and_keeps_nobody_offline()
    {
        await using var bench = new SessionBench();
        await bench.Session.SubscribeAsync("x/y/control", 1, Ct);
        await bench.OnlineAsync(l => l.Grants = _ => false);
        Assert.Equal(["x/y/control"], bench.Session.Status.RefusedSubscriptions);
    }

    [Fact]
    public async Task A_subscription_for_the_connection_only_is_not_made_again()
    {
        await using var bench = new SessionBench();
        var link = await bench.OnlineAsync();
        await bench.Session.SubscribeAsync("x/y/control", 1, SubscriptionLifetime.Connection, Ct);
        link.Close("cut");
        await bench.StateAsync(HubSessionState.BackingOff);
        await Assert.ThrowsAsync<HubOfflineException>(
            async () => await bench.Session.SubscribeAsync("x/y/control", 1, SubscriptionLifetime.Connection, Ct));
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.OnlineAsync(l => l.Grants = _ => throw new InvalidOperationException("asked again"));
    }
}
