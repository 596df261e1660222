using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;
using static BridgeFramework.IotHub.Tests.HubSessionTests;

namespace BridgeFramework.IotHub.Tests;

/// <summary>Options that come while a session runs.</summary>
public sealed class ChangedOptionsTests
{
    private static readonly HubEndpoint Elsewhere = new() { Host = "other.example", Port = 1883, Tls = false };

    private static readonly Dictionary<string, Change> ForAnotherConnection = new(StringComparer.Ordinal)
    {
        ["host"] = o => o with { Endpoint = Elsewhere },
        ["TLS"] = o => o with { Endpoint = o.Endpoint! with { Tls = true } },
        ["CA file"] = o => o with { Endpoint = o.Endpoint! with { CaFile = "/etc/hub.pem" } },
        ["host name check"] = o => o with { Endpoint = o.Endpoint! with { VerifyHostName = false } },
        ["keep-alive"] = o => o with { KeepAlive = TimeSpan.FromSeconds(100) },
        ["credentials"] = o => o with { Credentials = new FixedSecret("ZGV2LXNlY3JldC4uLg==").ReadAsync },
        ["largest packet"] = o => o with { MaxInboundPayload = 1024 * 1024 },
        ["answer time"] = o => o with { AnswerTime = TimeSpan.FromSeconds(5) },
        ["time of the hub"] = o => o with { SynchronizeTime = true },
    };

    private static readonly Dictionary<string, Change> ForTheSameConnection = new(StringComparer.Ordinal)
    {
        ["nothing"] = o => o with { },
        ["pace"] = o => o with { Pace = new PublishPace(5, 10) },
        ["window"] = o => o with { Window = 3 },
        ["connect timeout"] = o => o with { ConnectTimeout = TimeSpan.FromSeconds(7) },
        ["delays"] = o => o with { ReconnectDelays = new ReconnectDelays { Cap = TimeSpan.FromSeconds(30) } },
        ["inboxes"] = o => o with { InboundCapacity = 7 },
        ["largest payload"] = o => o with { MaxInboundPayload = 2048 },
    };

    public static TheoryData<string> NamesForAnother => [.. ForAnotherConnection.Keys];

    public static TheoryData<string> NamesForTheSame => [.. ForTheSameConnection.Keys];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_hub_is_gone_to_at_once_and_the_old_one_told_goodbye()
    {
        await using var bench = new SessionBench();
        await bench.Session.SubscribeAsync("p/d/control", 1, Ct);
        var old = await bench.OnlineAsync();

        await bench.ApplyAsync(o => o with { Endpoint = Elsewhere });

        var attempt = await bench.Transport.AttemptAsync();
        Assert.Equal((Elsewhere, true), (attempt.Request.Endpoint, old.SaidGoodbye));
        var status = bench.Session.Status;
        Assert.Equal((HubSessionState.Connecting, 2, true), (status.State, status.Attempt, status.IsReconfiguring));
        var offline = await Assert.ThrowsAsync<HubOfflineException>(() => bench.Session.PublishAsync(Telemetry("t"), Ct));
        Assert.Contains("its settings have changed", offline.Message, StringComparison.Ordinal);

        var link = attempt.Accept();
        Assert.Equal("p/d/control", await link.SubscribedAsync());
        status = await bench.StateAsync(HubSessionState.Online);
        Assert.Equal((2, false, null), (status.Attempt, status.IsReconfiguring, status.LastFault));
        Assert.Equal(
            "The settings of the hub session have changed: connecting anew, to mqtt://other.example:1883 as GWPROD0001/test01 (attempt 2)",
            Assert.Single(bench.Logger.Collector.GetSnapshot(), record => record.Id.Id == 2009).Message);
        Assert.DoesNotContain(bench.Logger.Collector.GetSnapshot(), record => record.Level >= LogLevel.Warning);
    }

    [Theory]
    [MemberData(nameof(NamesForAnother))]
    public async Task What_a_connection_is_made_with_needs_another_one(string what)
    {
        await using var bench = new SessionBench(o => o with { Credentials = new FixedSecret(SessionBench.SecretText).ReadAsync });
        await bench.OnlineAsync();
        await bench.ApplyAsync(o => ForAnotherConnection[what](o));
        await bench.OnlineAsync();
        Assert.Equal(2, bench.Session.Status.Attempt);
    }

    [Theory]
    [MemberData(nameof(NamesForTheSame))]
    public async Task Whatever_else_changes_leaves_the_connection_alone(string what)
    {
        await using var bench = new SessionBench(o => o with { Pace = PublishPace.Cloud });
        var link = await bench.OnlineAsync();
        await bench.ApplyAsync(o => ForTheSameConnection[what](o));
        await AssertStandsAsync(bench, link);
    }

    [Fact]
    public async Task Credentials_from_an_equal_source_are_the_same()
    {
        await using var bench = new SessionBench(o => o with { Credentials = new FixedSecret(SessionBench.SecretText).ReadAsync });
        var link = await bench.OnlineAsync();
        await bench.ApplyAsync(o => o with { Credentials = new FixedSecret(SessionBench.SecretText).ReadAsync });
        await AssertStandsAsync(bench, link);
    }

    [Fact]
    public async Task What_is_unconfirmed_fails_as_with_any_lost_connection_and_is_not_sent_by_the_session_again()
    {
        await using var bench = new SessionBench(o => o with { Window = 1 });
        var old = await bench.OnlineAsync(link => link.Confirms = _ => new TaskCompletionSource().Task);
        var sent = bench.Session.PublishAsync(Telemetry("sent"), Ct);
        await old.PublishedAsync();
        var queued = bench.Session.PublishAsync(Telemetry("queued"), Ct);

        await bench.ApplyAsync(o => o with { Endpoint = Elsewhere });

        await Assert.ThrowsAsync<HubOfflineException>(() => sent).OrFail("the end of what was sent");
        await Assert.ThrowsAsync<HubOfflineException>(() => queued).OrFail("the end of what waited");
        var link = await bench.OnlineAsync();
        Assert.Equal((0, 0), (old.PublishedCount, link.PublishedCount));
    }

    [Fact]
    public async Task An_attempt_under_way_is_given_up()
    {
        await using var bench = new SessionBench();
        bench.Start();
        var old = await bench.Transport.AttemptAsync();
        await bench.ApplyAsync(o => o with { Endpoint = Elsewhere });
        var attempt = await bench.Transport.AttemptAsync();
        old.Accept(); // too late
        Assert.Equal((Elsewhere, 2), (attempt.Request.Endpoint, bench.Session.Status.Attempt));
        attempt.Accept();
        await bench.StateAsync(HubSessionState.Online);
    }

    [Fact]
    public async Task Credentials_that_fail_in_their_own_way_when_given_up_do_not_end_the_session()
    {
        var asked = new TaskCompletionSource();
        await using var bench = new SessionBench(o => o with { Credentials = StubbornAsync });
        bench.Start();
        await asked.Task.OrFail("the question for credentials");
        await bench.ApplyAsync(o => o with { Credentials = new FixedSecret(SessionBench.SecretText).ReadAsync });
        await bench.OnlineAsync();

        async ValueTask<HubCredentials> StubbornAsync(CancellationToken cancellationToken)
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new IOException("cancelled, in other words");
        }
    }

    [Fact]
    public async Task A_refusal_is_over_and_the_backoff_begins_anew()
    {
        await using var bench = new SessionBench();
        bench.Start();
        for (int n = 0; n < 3; n++)
        {
            (await bench.Transport.AttemptAsync()).Refuse(HubFaultKind.Rejected);
            await bench.Time.ArmedAsync(TimeSpan.FromSeconds(60));
            if (n < 2) bench.Time.Advance(TimeSpan.FromSeconds(60));
        }

        await bench.ApplyAsync(o => o with { Credentials = new FixedSecret(SessionBench.SecretText).ReadAsync });

        var attempt = await bench.Transport.AttemptAsync(); // no time has passed
        Assert.True(bench.Session.Status is { Attempt: 4, LastFault: null, IsReconfiguring: true, RetryAt: null });
        attempt.Refuse(HubFaultKind.Unreachable);
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        Assert.True(bench.Session.Status is { State: HubSessionState.BackingOff, IsReconfiguring: true });
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.OnlineAsync();
        Assert.False(bench.Session.Status.IsReconfiguring);
    }

    [Fact]
    public async Task A_hub_that_others_connect_to_as_we_do_is_no_sign_of_that_with_other_settings()
    {
        await using var bench = new SessionBench(jitter: 0);
        for (int n = 0; n < DisplacementSign.Enough - 1; n++) (await bench.OnlineAsync()).Kick();
        await bench.OnlineAsync();
        await bench.ApplyAsync(o => o with { Endpoint = Elsewhere });
        (await bench.OnlineAsync()).Kick();
        await bench.OnlineAsync();
        Assert.Equal((HubFaultKind.Lost, null), (bench.Session.Status.LastFault?.Kind, bench.Session.Status.DisplacedAt));
    }

    [Fact]
    public async Task What_changes_nothing_of_the_connection_does_not_cut_a_wait_short()
    {
        await using var bench = new SessionBench();
        bench.Start();
        (await bench.Transport.AttemptAsync()).Refuse(HubFaultKind.Rejected);
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(60));
        await bench.ApplyAsync(o => o with { Window = 3 });
        bench.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(bench.Transport.HasAttempt);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.OnlineAsync();
    }

    [Fact]
    public async Task Options_that_come_before_the_start_are_what_it_starts_with()
    {
        await using var bench = new SessionBench();
        await bench.ApplyAsync(o => o with { Endpoint = Elsewhere });
        bench.Start();
        Assert.Equal(Elsewhere, (await bench.Transport.AttemptAsync()).Request.Endpoint);
        Assert.True(bench.Session.Status is { Attempt: 1, IsReconfiguring: false });
    }

    [Fact]
    public async Task There_and_back_ends_on_the_first_hub()
    {
        await using var bench = new SessionBench();
        await bench.OnlineAsync();
        var first = bench.Options.Endpoint;
        await bench.ApplyAsync(o => o with { Endpoint = Elsewhere });
        await bench.ApplyAsync(o => o with { Endpoint = first });
        ScriptedTransport.Attempt attempt;
        do attempt = await bench.Transport.AttemptAsync();
        while (attempt.Request.Endpoint != first);
        attempt.Accept();
        await bench.StateAsync(HubSessionState.Online);
    }

    [Fact]
    public async Task What_cannot_change_is_refused_and_nothing_changes()
    {
        await using var bench = new SessionBench();
        var link = await bench.OnlineAsync();
        foreach (var bad in new[]
        {
            bench.Options with { Endpoint = Elsewhere, Gateway = new DeviceIdentity("GWPROD0001", "test02") },
            bench.Options with { Endpoint = Elsewhere, ClockFloorFile = "/tmp/clock" },
            bench.Options with { Endpoint = Elsewhere, ClockFloor = TestTime.Noon },
            bench.Options with { Endpoint = Elsewhere, Window = 0 },
        })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => bench.Session.ApplyAsync(bad));
        }

        link.Close("cut");
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(bench.Options.Endpoint, (await bench.Transport.AttemptAsync()).Request.Endpoint);
    }

    // Only a connection that nobody has given up can be lost.
    private static async Task AssertStandsAsync(SessionBench bench, ScriptedLink link)
    {
        link.Close("cut");
        var status = await bench.StateAsync(HubSessionState.BackingOff);
        Assert.Equal((1, HubFaultKind.Lost, false), (status.Attempt, status.LastFault?.Kind, link.SaidGoodbye));
    }

    private delegate HubSessionOptions Change(HubSessionOptions options);

    private sealed record FixedSecret(string Text)
    {
        public ValueTask<HubCredentials> ReadAsync(CancellationToken cancellationToken) =>
            new(new KeyCredentials { Secret = new DeviceSecret(Text) });
    }
}
