using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub.Tests;

public sealed class HubSessionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_signs_in_with_fresh_credentials_at_every_attempt()
    {
        await using var bench = new SessionBench();
        bench.Start();
        var first = await bench.Transport.AttemptAsync();
        Assert.Equal("GWPROD0001test01", first.Request.ClientId);
        first.Refuse(HubFaultKind.Unreachable);
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await bench.Transport.AttemptAsync();

        long expiry = TestTime.Noon.AddSeconds(1).AddHours(1).ToUnixTimeSeconds();
        Assert.EndsWith($";{expiry}", second.Request.Credentials.UserName, StringComparison.Ordinal);
        Assert.NotEqual(first.Request.Credentials.UserName, second.Request.Credentials.UserName, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_cannot_be_right_signs_without_expiry()
    {
        await using var bench = new SessionBench(o => o with { ClockFloor = TestTime.Noon.AddDays(1) });
        bench.Start();
        var attempt = await bench.Transport.AttemptAsync();
        Assert.EndsWith(";2147483647", attempt.Request.Credentials.UserName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_is_down_is_tried_again_after_the_backoff_and_not_before()
    {
        await using var bench = new SessionBench();
        bench.Start();
        foreach (int seconds in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            (await bench.Transport.AttemptAsync()).Refuse(HubFaultKind.Unreachable);
            await bench.Time.ArmedAsync(TimeSpan.FromSeconds(seconds));
            bench.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(bench.Transport.HasAttempt);
            bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await bench.OnlineAsync();
        Assert.Equal(9, bench.Session.Status.Attempt);
        Assert.Equal(HubFaultKind.Unreachable, bench.Session.Status.LastFault?.Kind);
    }

    [Fact]
    public async Task Rejected_credentials_are_told_to_the_operator_and_a_rotated_secret_heals_by_itself()
    {
        await using var bench = new SessionBench();
        bench.Start();
        var first = await bench.Transport.AttemptAsync();
        first.Refuse(HubFaultKind.Rejected);
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(60));
        Assert.True(bench.Session.Status.LastFault?.NeedsOperator);
        Assert.Contains(bench.Logger.Collector.GetSnapshot(), record => record.Level == LogLevel.Error);

        bench.Secret = new DeviceSecret("EBESExQVFhcYGRobHB0eHw==");
        bench.Time.Advance(TimeSpan.FromSeconds(60));
        var second = await bench.Transport.AttemptAsync();
        Assert.Equal(
            ConnectCredentials.PasswordFor(second.Request.Credentials.UserName, bench.Secret, HmacMethod.HmacSha256),
            second.Request.Credentials.Password);
    }

    [Fact]
    public async Task Credentials_that_cannot_be_read_are_a_fault_and_not_an_end()
    {
        bool broken = true;
        await using var bench = new SessionBench(o => o with
        {
            Credentials = _ => broken
                ? throw new FileNotFoundException("no such file: secrets/gateway")
                : new ValueTask<HubCredentials>(new KeyCredentials { Secret = new DeviceSecret(SessionBench.SecretText) }),
        });
        bench.Start();
        var status = await bench.StateAsync(HubSessionState.BackingOff);
        Assert.Equal(HubFaultKind.CredentialsUnavailable, status.LastFault?.Kind);
        Assert.Contains("secrets/gateway", status.LastFault?.Message, StringComparison.Ordinal);
        broken = false;
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.OnlineAsync();
    }

    [Fact]
    public async Task A_connection_that_takes_too_long_is_given_up()
    {
        await using var bench = new SessionBench(o => o with { ConnectTimeout = TimeSpan.FromSeconds(7) });
        bench.Start();
        await bench.Transport.AttemptAsync(); // and no answer
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(7));
        bench.Time.Advance(TimeSpan.FromSeconds(7));
        var status = await bench.StateAsync(HubSessionState.BackingOff);
        Assert.Equal(HubFaultKind.Unreachable, status.LastFault?.Kind);
    }

    [Fact]
    public async Task A_lost_connection_is_made_again()
    {
        await using var bench = new SessionBench();
        var link = await bench.OnlineAsync();
        link.Close("cut");
        var status = await bench.StateAsync(HubSessionState.BackingOff);
        Assert.Equal(HubFaultKind.Lost, status.LastFault?.Kind);
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.OnlineAsync();
        Assert.Equal(2, bench.Session.Status.Attempt);
    }

    [Fact]
    public async Task The_last_words_of_a_dead_connection_do_not_disturb_its_successor()
    {
        await using var bench = new SessionBench();
        var dead = await bench.OnlineAsync(link => link.Confirms = _ => new TaskCompletionSource().Task);
        dead.Close("cut");
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.OnlineAsync();
        dead.Close("again");
        await dead.DisposeAsync();
        await bench.Session.PublishAsync(Telemetry("t"), Ct);
        Assert.Equal(HubSessionState.Online, bench.Session.Status.State);
        Assert.Equal(2, bench.Session.Status.Attempt);
    }

    [Fact]
    public async Task A_hub_that_closes_every_connection_at_once_is_named_instead_of_fought()
    {
        await using var bench = new SessionBench();
        foreach (int seconds in new[] { 1, 2, 4 })
        {
            (await bench.OnlineAsync()).Kick();
            await bench.Time.ArmedAsync(TimeSpan.FromSeconds(seconds));
            bench.Time.Advance(TimeSpan.FromSeconds(seconds));
        }

        (await bench.OnlineAsync()).Kick();
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(HubFaultKind.Displaced, bench.Session.Status.LastFault?.Kind);
        Assert.Contains("another client", bench.Session.Status.LastFault?.Message, StringComparison.Ordinal);
        var displacedAt = bench.Session.Status.DisplacedAt;
        Assert.NotNull(displacedAt);

        bench.Time.Advance(TimeSpan.FromSeconds(60));
        (await bench.OnlineAsync()).Close("cut");
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(16));
        Assert.Equal((HubFaultKind.Lost, displacedAt), (bench.Session.Status.LastFault?.Kind, bench.Session.Status.DisplacedAt));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(59)]
    public async Task A_carrier_that_resets_connections_costs_ten_seconds_each_and_is_not_taken_for_somebody_else(int stood)
    {
        await using var bench = new SessionBench();
        foreach (int seconds in new[] { 1, 2, 4, 8, 10, 10, 10 })
        {
            var link = await bench.OnlineAsync();
            bench.Time.Advance(TimeSpan.FromSeconds(stood));
            link.Kick();
            await bench.Time.ArmedAsync(TimeSpan.FromSeconds(seconds));
            Assert.Null(bench.Session.Status.DisplacedAt);
            bench.Time.Advance(TimeSpan.FromSeconds(seconds));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flapping_line_is_not_taken_for_somebody_else(bool attemptsFailBetween)
    {
        await using var bench = new SessionBench(jitter: 0);
        for (int n = 0; n < 2 * DisplacementSign.Enough; n++)
        {
            var link = await bench.OnlineAsync();
            if (attemptsFailBetween)
            {
                link.Kick();
                (await bench.Transport.AttemptAsync()).Refuse(HubFaultKind.Unreachable);
            }
            else
            {
                link.Close("connection timed out");
            }
        }

        await bench.OnlineAsync();
        Assert.NotEqual(HubFaultKind.Displaced, bench.Session.Status.LastFault?.Kind);
        Assert.Equal(0, bench.Logger.Collector.GetSnapshot().Count(record => record.Level >= LogLevel.Error));
    }

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
    public async Task The_log_tells_an_operator_each_change_in_one_plain_line()
    {
        await using var bench = new SessionBench();
        bench.Start();
        (await bench.Transport.AttemptAsync()).Refuse(HubFaultKind.Unreachable);
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        (await bench.OnlineAsync()).Close("cut");
        await bench.StateAsync(HubSessionState.BackingOff);
        await bench.StopAsync();

        var told = bench.Logger.Collector.GetSnapshot().Where(record => record.Level >= LogLevel.Information);
        Assert.Equal(
            """
            Warning: scripted Unreachable; attempt 2 in 1.0 s
            Information: Connected to mqtt://hub.example:1883 as GWPROD0001/test01 (attempt 2)
            Warning: The connection to mqtt://hub.example:1883 was lost: cut; attempt 3 in 2.0 s
            Information: Hub session of GWPROD0001/test01 at mqtt://hub.example:1883 stopped (was BackingOff)
            """,
            string.Join('\n', told.Select(record => $"{record.Level}: {record.Message}")));
    }

    [Fact]
    public async Task A_connection_that_stood_long_enough_starts_the_backoff_anew()
    {
        await using var bench = new SessionBench();
        bench.Start();
        for (int seconds = 1; seconds <= 4; seconds *= 2)
        {
            (await bench.Transport.AttemptAsync()).Refuse(HubFaultKind.Unreachable);
            await bench.Time.ArmedAsync(TimeSpan.FromSeconds(seconds));
            bench.Time.Advance(TimeSpan.FromSeconds(seconds));
        }

        var link = await bench.OnlineAsync();
        bench.Time.Advance(TimeSpan.FromSeconds(60));
        link.Close("cut");
        var status = await bench.StateAsync(HubSessionState.BackingOff);
        Assert.Equal(TimeSpan.FromSeconds(1), status.RetryAt - status.Since);
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
            var publish = bench.Session.PublishAsync(Telemetry($"t{second}"), Ct);
            await link.PublishedAsync();
            bench.Time.Advance(TimeSpan.FromSeconds(2));
            await Assert.ThrowsAsync<TimeoutException>(() => publish).OrFail("the end of the publish");
        }

        Assert.Equal(HubFaultKind.Frozen, (await bench.StateAsync(HubSessionState.BackingOff)).LastFault?.Kind);
    }

    [Fact]
    public async Task It_ends_in_good_order_when_told_to_stop()
    {
        await using var bench = new SessionBench();
        var link = await bench.OnlineAsync();
        await bench.StopAsync();
        Assert.True(link.SaidGoodbye);
        Assert.Equal(HubSessionState.Offline, bench.Session.Status.State);
        Assert.DoesNotContain(bench.Logger.Collector.GetSnapshot(), record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Disposing_a_session_stops_it()
    {
        await using var bench = new SessionBench();
        await bench.OnlineAsync();
        await bench.Session.DisposeAsync().AsTask().OrFail("the disposal");
        Assert.Equal(HubSessionState.Offline, bench.Session.Status.State);
        await Assert.ThrowsAsync<HubOfflineException>(() => bench.Session.PublishAsync(Telemetry("t"), Ct));
    }

    [Fact]
    public async Task No_secret_and_no_password_is_ever_logged()
    {
        await using var bench = new SessionBench();
        bench.Logger.ControlLevel(LogLevel.Trace, enabled: true);
        bench.Start();
        var attempt = await bench.Transport.AttemptAsync();
        string password = attempt.Request.Credentials.Password ?? "";
        attempt.Refuse(HubFaultKind.Rejected);
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(60));
        bench.Time.Advance(TimeSpan.FromSeconds(60));
        (await bench.OnlineAsync()).Close("cut");
        await bench.StateAsync(HubSessionState.BackingOff);

        string log = string.Join('\n', bench.Logger.Collector.GetSnapshot().Select(record => record + " " + record.Exception))
            + bench.Session.Status;
        Assert.NotEmpty(password);
        Assert.DoesNotContain(password[..40], log, StringComparison.Ordinal);
        Assert.DoesNotContain(SessionBench.SecretText, log, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_out_of_range_is_refused_at_once()
    {
        Assert.Throws<ArgumentException>(() => new SessionBench(o => o with { KeepAlive = TimeSpan.FromSeconds(10) }));
        Assert.Throws<ArgumentException>(() => new SessionBench(o => o with { Window = 0 }));
        Assert.Throws<ArgumentException>(() => new SessionBench(o => o with { Gateway = default }));
        Assert.Throws<ArgumentException>(
            () => new SessionBench(o => o with { Endpoint = new HubEndpoint { Host = "hub.example", VerifyHostName = false } }));
    }

    internal static HubPublish Telemetry(string topic, int qos = 1, PublishPriority priority = PublishPriority.Telemetry) =>
        new() { Topic = topic, Payload = new byte[] { 1 }, Qos = qos, Priority = priority };
}
