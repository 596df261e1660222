using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub.Tests;

/// <summary>When a session connects again, and whom it takes for the cause.</summary>
public sealed class ReconnectionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

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
        await bench.Session.PublishAsync(HubSessionTests.Telemetry("t"), Ct);
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

    [Fact]
    public async Task A_message_that_ends_each_connection_as_soon_as_it_is_up_is_no_reason_to_hurry()
    {
        await using var bench = new SessionBench();
        foreach (int seconds in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            (await bench.OnlineAsync()).Close(new OversizedPacketException(3, 268_435_455, 262_144).Message);
            await bench.Time.ArmedAsync(TimeSpan.FromSeconds(seconds));
            bench.Time.Advance(TimeSpan.FromSeconds(seconds));
        }

        await bench.OnlineAsync();
        Assert.Equal(HubFaultKind.Lost, bench.Session.Status.LastFault?.Kind);
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
}
