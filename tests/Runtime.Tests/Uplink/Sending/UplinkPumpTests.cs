using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

public sealed class UplinkPumpTests : IAsyncDisposable
{
    private static readonly PointDefinition Voltage = new() { Name = "v", At = new object() };
    private readonly WatchedTime _time = new();
    private readonly LaneOutbox _outbox = TestUplink.Outbox();
    private readonly ScriptedPublisher _hub = new();
    private readonly LogWatch _log = new();
    private readonly LoggerFactory _loggers;
    private readonly CancellationTokenSource _stop = new();
    private readonly UplinkIntake _intake;
    private readonly Func<string, UplinkRoute?> _routeOf;
    private Task _running = Task.CompletedTask;

    public UplinkPumpTests()
    {
        _loggers = new LoggerFactory([_log]);
        SubDevicePlan[] devices =
            [.. "abc".Select(name => TestUplink.Device($"P/{name}")), TestUplink.Device("P/closed"), TestUplink.Device("P/open")];
        _intake = new UplinkIntake(_outbox, TestUplink.Clock(_time), devices, TestUplink.BadInterval, _time);
        _routeOf = new UplinkRoutes(stamp => stamp.Steady).Of(devices.Select(device => (device.Id, device.Profile))).GetValueOrDefault;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        await _outbox.DisposeAsync();
        _loggers.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Of_a_lane_one_message_is_under_way_at_a_time_and_the_window_spans_lanes()
    {
        foreach (string lane in new[] { "a", "b", "c" }) await ReportAsync(lane, 1, 2);
        Start(window: 2);

        var a1 = await _hub.Next();
        var b1 = await _hub.Next();
        Assert.Equal(("P/a/data", "P/b/data"), (a1.Topic, b1.Topic));
        Assert.False(_hub.HasPublish);
        a1.Confirm();
        var c1 = await _hub.Next();
        Assert.Equal("P/c/data", c1.Topic);
        b1.Confirm();
        var next = await _hub.Next();
        Assert.Equal("P/a/data", next.Topic); // its first has arrived, so its second may go
        Assert.StartsWith("""{"seq":2,""", next.Text, StringComparison.Ordinal);
        Assert.Equal(PublishPriority.Telemetry, next.Priority);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_did_not_arrive_is_sent_again_after_a_rest_ahead_of_what_followed(bool timeout)
    {
        await ReportAsync("a", 1, 2);
        Start();

        (await _hub.Next()).Fail(timeout ? new TimeoutException("no PUBACK") : new HubOfflineException("gone"));
        await Step.Of("the lane rests", _time.TimerArmed.ReadAsync(Ct).AsTask().WaitAsync);
        Assert.False(_hub.HasPublish);
        Assert.Equal(2, StatusOf("a").Pending);
        _time.Advance(TimeSpan.FromSeconds(1));

        var again = await _hub.Next();
        Assert.StartsWith("""{"seq":1,""", again.Text, StringComparison.Ordinal);
        again.Confirm();
        Assert.StartsWith("""{"seq":2,""", (await _hub.Next()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lane_that_fails_does_not_hold_up_the_others()
    {
        await ReportAsync("a", 1);
        Start(window: 1);
        (await _hub.Next()).Fail(new TimeoutException("no PUBACK"));
        await Step.Of("the lane rests", _time.TimerArmed.ReadAsync(Ct).AsTask().WaitAsync);

        await ReportAsync("b", 1);
        _time.Advance(TimeSpan.FromSeconds(1));

        // b came while a rested: it is b's turn first.
        string[] topics = [await ConfirmNextAsync(), await ConfirmNextAsync()];
        Assert.Equal(["P/a/data", "P/b/data"], topics.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_closed_lane_is_kept_back_until_it_is_open()
    {
        await _intake.ReportAsync(SourceOf("closed"), new[] { new PointValue(Voltage, Variant.From(1)) }, Ct);
        await ReportAsync("open", 1);
        Start();

        Assert.Equal("P/open/data", await ConfirmNextAsync());
        Assert.False(_hub.HasPublish);
        _outbox.Open("P/closed");
        Assert.Equal("P/closed/data", await ConfirmNextAsync());
    }

    [Fact]
    public async Task An_event_goes_where_events_go()
    {
        _outbox.Open("P/a");
        await _intake.ReportEventAsync(SourceOf("a"), new DeviceEvent { Name = "doorOpened" }, Ct);
        Start();

        Assert.Equal("P/a/event", await ConfirmNextAsync());
    }

    [Fact]
    public async Task What_cannot_be_sent_is_dropped_told_and_does_not_stop_the_lane()
    {
        _outbox.Open("P/a");
        await _outbox.AppendAsync("P/a", new byte[] { 99, 1, 2 }, items: 1, filtered: 0, Ct);
        await ReportAsync("a", 1);
        Start();

        Assert.StartsWith("""{"seq":2,""", (await _hub.Next()).Text, StringComparison.Ordinal);
        Assert.Contains("sample 1", Assert.Single(_log.Troubles).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_session_calls_unsendable_does_not_stop_the_lane()
    {
        await ReportAsync("a", 1);
        _hub.TakesTopics = false;
        Start();
        await Step.Of("the drop is told", ct => _log.WaitAsync(4101, "a", ct));

        _hub.TakesTopics = true;
        await ReportAsync("a", 2);

        Assert.StartsWith("""{"seq":2,""", (await _hub.Next()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_ends_at_once_and_puts_back_what_was_under_way()
    {
        await ReportAsync("a", 1);
        await ReportAsync("b", 1);
        Start();
        await _hub.Next();
        await _hub.Next();

        await StopAsync();

        Assert.Equal((1, 1), (StatusOf("a").Pending, StatusOf("b").Pending));
        Assert.Empty(_log.Troubles);
    }

    private void Start(int window = 16) =>
        _running = new UplinkPump(_outbox, _hub, _routeOf, window, liveShare: 70, _time, _loggers.CreateLogger<UplinkPump>()).RunAsync(
            _stop.Token);

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Step.Of("the pump stops", _running.WaitAsync, _log);
    }

    private async Task ReportAsync(string lane, params long[] values)
    {
        _outbox.Open($"P/{lane}");
        foreach (long value in values)
            await _intake.ReportAsync(SourceOf(lane), new[] { new PointValue(Voltage, Variant.From(value)) }, Ct);
    }

    private UplinkSource SourceOf(string name) => _intake.SourceOf(SubDeviceId.Parse($"P/{name}"));

    private LaneStatus StatusOf(string name) => _outbox.StatusOf(new Lane($"P/{name}", LaneKind.Live));

    private async Task<string> ConfirmNextAsync()
    {
        var publish = await _hub.Next();
        publish.Confirm();
        return publish.Topic;
    }
}
