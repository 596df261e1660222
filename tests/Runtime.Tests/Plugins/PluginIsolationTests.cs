using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A real plugin that misbehaves in each way there is, beside a channel of another plugin that must not notice.</summary>
public sealed class PluginIsolationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Faults => new()
    {
        { "constructor throws", "The driver threw InvalidOperationException: the constructor's reason." },
        { "static constructor throws", "The driver threw TypeInitializationException" },
        { "constructor hangs", "The driver was not created within 10 s: its constructor hangs." },
        { "throws at once", "The bus is not there." },
        { "throws later", "The bus is gone." },
        { "ends by itself", "The driver ended without being told to." },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_is_the_channels_own_and_it_is_run_again(string behaviour, string reason)
    {
        await using var bench = new PluginBench();
        bench.Drop("1.0.0", behaviour);
        await bench.StartAsync();
        var neighbour = await bench.Script.NextRun();

        Assert.Contains(reason, (await bench.Logged(4203, "Channel line1 failed")).Text, StringComparison.Ordinal);
        int before = bench.Log.Lines.Count;
        await bench.Logged(4203, "Channel line1 failed", before);
        Assert.False(neighbour.Stopping.IsCancellationRequested);
        Assert.False(bench.Script.Runs.TryPeek(out _));
    }

    [Theory]
    [InlineData("hangs when stopped", 4205, "did not end within 10 s of being told to; its thread is lost")]
    [InlineData("throws when stopped", 0, "")]
    [InlineData("dispose throws", 4204, "failed to let go of its resources")]
    [InlineData("dispose hangs", 4209, "did not let go of its resources within 10 s")]
    public async Task A_driver_that_does_not_end_as_it_should_is_told_of_and_makes_room_all_the_same(
        string behaviour, int eventId, string text)
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0", behaviour);
        var neighbour = await bench.Script.NextRun();

        Assert.Equal((PluginState.Loaded, "2.0.0"), await bench.TryAsync("2.0.0") is var status ? (status.State, status.Version) : default);
        if (eventId > 0) Assert.Contains(text, (await bench.Logged(eventId, "line1")).Text, StringComparison.Ordinal);
        Assert.False(neighbour.Stopping.IsCancellationRequested);
    }

    [Theory]
    [InlineData("command throws", CommandOutcome.Unknown, "the command's reason")]
    [InlineData("command hangs", CommandOutcome.TimedOut, "No answer before the command's deadline")]
    public async Task A_command_that_goes_wrong_has_an_outcome(string behaviour, CommandOutcome outcome, string reason)
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0", behaviour);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5), bench.Time);
        var reply = await BareCommand.WriteAsync(bench.Channels[0], SubDeviceId.Parse("SUBPROD001/line1"), deadline.Token);
        var point = Assert.Single(reply.Points);
        Assert.Equal(outcome, point.Outcome);
        Assert.Contains(reason, point.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_fills_neither_the_memory_nor_the_place_of_others()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0", "floods");
        var neighbour = await bench.Script.NextRun();
        neighbour.Channel.SetServing();
        await Step.Of(
            "the flood meets its bound",
            async ct =>
            {
                while (bench.Outbox.Ledgers().All(ledger => ledger.Dropped.Values.Sum() == 0))
                    await Task.Delay(TimeSpan.FromSeconds(1), bench.Time, ct);
            },
            bench.Log);

        await neighbour.ReportAsync(1);
        Assert.InRange(bench.Outbox.Status.PendingBytes, 1, PluginBench.OutboxBytes * 2);
        var other = bench.Outbox.Ledgers().Single(ledger => ledger.Owner == "SUBPROD001/other");
        Assert.Equal((1, 1), (other.Reported, other.Pending));
    }

    [Fact]
    public async Task What_is_reported_after_the_end_is_not_believed()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0", "reports after the stop");
        await bench.Host.RemoveAsync("shape", Ct);
        await bench.Logged(PluginBench.Stays, "shape 1.0.0"); // it goes on reporting
        long reported = bench.Outbox.Ledgers().Sum(ledger => ledger.Reported);
        await Task.Delay(TimeSpan.FromSeconds(2), bench.Time, Ct);
        Assert.Equal(reported, bench.Outbox.Ledgers().Sum(ledger => ledger.Reported));
    }

    [Fact]
    public void A_driver_logs_under_its_own_category_and_cannot_reach_the_log_of_the_gateway()
    {
        var log = new FakeLogCollector();
        using var provider = new FakeLoggerProvider(log);
        using var factory = new LoggerFactory([provider]);
        var lines = new ChannelTraffic(TimeProvider.System).LogLines;
        using (var loggers = new DriverLoggers(factory, ChannelBench.Configuration(), lines))
            Assert.Throws<NotSupportedException>(() => loggers.AddProvider(provider));
        using var still = new DriverLoggers(factory, ChannelBench.Configuration(), lines);
        still.CreateLogger("Acme.Driver").Log(LogLevel.Information, default, "hello", exception: null, (state, _) => state);

        Assert.Equal("Drivers.scripted.line1.Acme.Driver", Assert.Single(log.GetSnapshot()).Category);
    }
}
