using System.Globalization;
using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub.Tests;

/// <summary>What a session says of itself, and how it ends.</summary>
public sealed class HubSessionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

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

    [Theory]
    [InlineData(HubFaultKind.Unreachable, LogLevel.Warning)]
    [InlineData(HubFaultKind.Rejected, LogLevel.Error)]
    public async Task An_outage_does_not_fill_the_log(HubFaultKind kind, LogLevel level)
    {
        await using var bench = new SessionBench();
        bench.Start();
        for (int n = 1; n <= 200; n++)
        {
            (await bench.Transport.AttemptAsync()).Refuse(kind);
            var delay = TimeSpan.FromSeconds(kind == HubFaultKind.Rejected ? 60 : Math.Min(60, 1 << Math.Min(n - 1, 6)));
            await bench.Time.ArmedAsync(delay);
            bench.Time.Advance(delay);
        }

        await bench.OnlineAsync();

        var told = bench.Logger.Collector.GetSnapshot().Where(record => record.Level == level).Select(record => record.Message).ToList();
        Assert.Equal(
            [2, 3, 5, 9, 17, 33, 65, 129, 193], // after failures 1, 2, 4 … 64, and each 64th from there
            told.Select(line => int.Parse(line.Split("ttempt ")[1].Split(' ')[0], CultureInfo.InvariantCulture)));
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
