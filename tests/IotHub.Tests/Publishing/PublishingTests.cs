using BridgeFramework.Testing;

namespace BridgeFramework.IotHub.Tests;

public sealed class PublishingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_publish_completes_when_the_hub_confirms()
    {
        await using var bench = new SessionBench();
        var puback = new TaskCompletionSource();
        var link = await bench.OnlineAsync(l => l.Confirms = _ => puback.Task);
        var publish = bench.Session.PublishAsync(HubSessionTests.Telemetry("t"), Ct);
        await link.PublishedAsync();
        Assert.False(publish.IsCompleted);
        puback.SetResult();
        await publish.OrFail("the confirmation");
    }

    [Fact]
    public async Task Publishing_offline_fails_at_once()
    {
        await using var bench = new SessionBench();
        await Assert.ThrowsAsync<HubOfflineException>(() => bench.Session.PublishAsync(HubSessionTests.Telemetry("t"), Ct));
    }

    [Fact]
    public async Task What_is_queued_or_unconfirmed_fails_when_the_connection_goes()
    {
        await using var bench = new SessionBench(o => o with { Window = 1, QueueCapacity = 1 });
        var link = await bench.OnlineAsync();
        link.Frozen = true;
        // One in flight, one in the hand of the loop or queued, the others wait for room.
        var publishes = Enumerable.Range(0, 5).Select(n => bench.Session.PublishAsync(HubSessionTests.Telemetry($"t{n}"), Ct)).ToList();
        await link.PublishedAsync();
        link.Close("cut");
        foreach (var publish in publishes)
            await Assert.ThrowsAsync<HubOfflineException>(() => publish).OrFail("the failure of a publish");
        Assert.Equal(0, link.PublishedCount);
    }

    [Fact]
    public async Task An_unconfirmed_publish_times_out_and_frees_its_place()
    {
        await using var bench = new SessionBench(o => o with { Window = 1, PublishDeadline = TimeSpan.FromSeconds(3) });
        var link = await bench.OnlineAsync(l => l.Confirms = p => p.Topic is "lost" ? new TaskCompletionSource().Task : Task.CompletedTask);
        var lost = bench.Session.PublishAsync(HubSessionTests.Telemetry("lost"), Ct);
        await link.PublishedAsync();
        bench.Time.Advance(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<TimeoutException>(() => lost).OrFail("the timeout");
        await bench.Session.PublishAsync(HubSessionTests.Telemetry("next"), Ct).OrFail("the next publish");
        Assert.True(bench.Session.Status.IsOnline);
    }

    [Fact]
    public async Task The_window_bounds_what_is_unconfirmed_and_order_is_kept()
    {
        await using var bench = new SessionBench(o => o with { Window = 2 });
        var pubacks = Enumerable.Range(0, 6).Select(_ => new TaskCompletionSource()).ToList();
        var link = await bench.OnlineAsync(l => l.Confirms = p => pubacks[int.Parse(p.Topic, null)].Task);
        var publishes = Enumerable.Range(0, 6).Select(n => bench.Session.PublishAsync(HubSessionTests.Telemetry($"{n}"), Ct)).ToList();
        for (int n = 0; n < 6; n++)
        {
            Assert.Equal($"{n}", (await link.PublishedAsync()).Topic);
            if (n == 1) Assert.Equal(0, link.PublishedCount);
            if (n >= 1) pubacks[n - 1].SetResult();
        }

        pubacks[5].SetResult();
        await Task.WhenAll(publishes).OrFail("all confirmations");
    }

    [Fact]
    public async Task The_most_urgent_goes_first_once_there_is_room()
    {
        await using var bench = new SessionBench(o => o with { Window = 1 });
        var puback = new TaskCompletionSource();
        var link = await bench.OnlineAsync(l => l.Confirms = p => p.Topic is "first" ? puback.Task : Task.CompletedTask);
        var first = bench.Session.PublishAsync(HubSessionTests.Telemetry("first"), Ct);
        await link.PublishedAsync();
        List<Task> publishes = [first];
        foreach (var priority in Enum.GetValues<PublishPriority>().Reverse())
            publishes.Add(bench.Session.PublishAsync(HubSessionTests.Telemetry(priority.ToString(), 1, priority), Ct));
        puback.SetResult();
        foreach (var priority in Enum.GetValues<PublishPriority>()) Assert.Equal(priority.ToString(), (await link.PublishedAsync()).Topic);
        await Task.WhenAll(publishes).OrFail("all confirmations");
    }

    [Fact]
    public async Task A_caller_that_gives_up_in_the_queue_sends_nothing()
    {
        await using var bench = new SessionBench(o => o with { Window = 1 });
        var puback = new TaskCompletionSource();
        var link = await bench.OnlineAsync(l => l.Confirms = p => p.Topic is "first" ? puback.Task : Task.CompletedTask);
        var first = bench.Session.PublishAsync(HubSessionTests.Telemetry("first"), Ct);
        await link.PublishedAsync();
        using var patience = new CancellationTokenSource();
        var given = bench.Session.PublishAsync(HubSessionTests.Telemetry("given up"), patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        puback.SetResult();
        await first;
        await bench.Session.PublishAsync(HubSessionTests.Telemetry("last"), Ct).OrFail("the last publish");
        Assert.Equal("last", (await link.PublishedAsync()).Topic);
    }

    [Fact]
    public async Task The_pace_is_never_exceeded()
    {
        await using var bench = new SessionBench(o => o with { Pace = new PublishPace(10, 2) });
        var link = await bench.OnlineAsync();
        var publishes = Enumerable.Range(0, 4).Select(n => bench.Session.PublishAsync(HubSessionTests.Telemetry($"{n}"), Ct)).ToList();
        await link.PublishedAsync();
        await link.PublishedAsync();
        for (int n = 2; n < 4; n++)
        {
            await bench.Time.ArmedAsync(TimeSpan.FromMilliseconds(100));
            bench.Time.Advance(TimeSpan.FromMilliseconds(99));
            Assert.Equal(0, link.PublishedCount);
            bench.Time.Advance(TimeSpan.FromMilliseconds(1));
            await link.PublishedAsync();
        }

        await Task.WhenAll(publishes).OrFail("all publishes");
    }

    [Fact]
    public async Task What_is_cancelled_in_the_queue_costs_no_token()
    {
        await using var bench = new SessionBench(o => o with { Pace = new PublishPace(10, 1) });
        var link = await bench.OnlineAsync();
        await bench.Session.PublishAsync(HubSessionTests.Telemetry("first"), Ct); // the only token
        await link.PublishedAsync();
        using var patience = new CancellationTokenSource();
        var given = Enumerable.Range(0, 5)
            .Select(n => bench.Session.PublishAsync(HubSessionTests.Telemetry($"given up {n}"), patience.Token)).ToList();
        var last = bench.Session.PublishAsync(HubSessionTests.Telemetry("last"), Ct);
        await bench.Time.ArmedAsync(TimeSpan.FromMilliseconds(100));
        await patience.CancelAsync();
        foreach (var publish in given) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publish);
        bench.Time.Advance(TimeSpan.FromMilliseconds(100)); // one token: it goes to the one that is wanted
        Assert.Equal("last", (await link.PublishedAsync()).Topic);
        await last.OrFail("the last publish");
    }

    [Fact]
    public async Task Under_the_pace_of_the_cloud_the_most_urgent_still_goes_first()
    {
        await using var bench = new SessionBench(o => o with { Pace = PublishPace.Cloud, Window = 1024 });
        var link = await bench.OnlineAsync();
        for (int n = 0; n < 20; n++) await bench.Session.PublishAsync(HubSessionTests.Telemetry("burst"), Ct);
        var telemetry = Enumerable.Range(0, 30).Select(_ => bench.Session.PublishAsync(HubSessionTests.Telemetry("telemetry"), Ct))
            .ToList();
        await bench.Time.ArmedAsync(
            due => due > TimeSpan.FromMilliseconds(900) && due <= TimeSpan.FromSeconds(1), "the wait for the next second");
        var operation = bench.Session.PublishAsync(HubSessionTests.Telemetry("operation", 1, PublishPriority.GatewayOperation), Ct);
        for (int n = 0; n < 20; n++) Assert.Equal("burst", (await link.PublishedAsync()).Topic);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("operation", (await link.PublishedAsync()).Topic);
        await operation.OrFail("the operation");
        Assert.Contains(telemetry, publish => !publish.IsCompleted);
    }

    [Fact]
    public async Task What_the_hub_would_drop_is_refused_before()
    {
        await using var bench = new SessionBench();
        await bench.OnlineAsync();
        var good = HubSessionTests.Telemetry("t");
        await bench.Session.PublishAsync(good with { Payload = new byte[16384] }, Ct);
        await bench.Session.PublishAsync(good with { Topic = new string('t', 128) }, Ct);
        await Refused(good with { Payload = new byte[16385] });
        await Refused(good with { Topic = new string('t', 129) });
        await Refused(good with { Topic = "a/+/b" });
        await Refused(good with { Topic = "" });
        await Refused(good with { Qos = 2 });

        async Task Refused(HubPublish publish) =>
            await Assert.ThrowsAsync<ArgumentException>(() => bench.Session.PublishAsync(publish, Ct));
    }

    [Fact]
    public void The_cloud_is_paced_unless_told_otherwise_and_other_hubs_are_not()
    {
        var options = new HubSessionOptions { Gateway = SessionBench.Gateway, Credentials = _ => throw new NotSupportedException() };
        Assert.Equal(PublishPace.Cloud, options.EffectivePace);
        Assert.Equal("mqtts://GWPROD0001.iotcloud.tencentdevices.com:8883", options.EffectiveEndpoint.ToString());
        Assert.Equal(PublishPace.Unlimited, (options with { Endpoint = new HubEndpoint { Host = "localhost" } }).EffectivePace);
    }
}
