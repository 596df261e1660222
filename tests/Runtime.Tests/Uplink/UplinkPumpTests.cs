using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

public sealed class UplinkPumpTests : IAsyncDisposable
{
    private static readonly PointDefinition Voltage = new() { Name = "v", At = new object() };
    private readonly WatchedTimeProvider _time = new();
    private readonly MemoryOutbox _outbox = new(new MemoryOutboxOptions());
    private readonly ScriptedPublisher _hub = new();
    private readonly LogWatch _log = new();
    private readonly LoggerFactory _loggers;
    private readonly CancellationTokenSource _stop = new();
    private readonly UplinkIntake _intake;
    private Task _running = Task.CompletedTask;

    public UplinkPumpTests()
    {
        _loggers = new LoggerFactory([_log]);
        _intake = new UplinkIntake(_outbox, _time);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
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
        Assert.Equal(("a/data", "b/data"), (a1.Topic, b1.Topic));
        Assert.False(_hub.HasPublish);
        a1.Confirm();
        var c1 = await _hub.Next();
        Assert.Equal("c/data", c1.Topic);
        b1.Confirm();
        var next = await _hub.Next();
        Assert.Equal("a/data", next.Topic); // its first has arrived, so its second may go
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
        Assert.Equal(2, _outbox.StatusOf("a").Pending);
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
        Assert.Equal(["a/data", "b/data"], topics.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_closed_lane_is_kept_back_until_it_is_open()
    {
        await _intake.ReportAsync("closed", new[] { new PointValue(Voltage, Variant.From(1)) }, Ct);
        await ReportAsync("open", 1);
        Start();

        Assert.Equal("open/data", await ConfirmNextAsync());
        Assert.False(_hub.HasPublish);
        _outbox.Open("closed");
        Assert.Equal("closed/data", await ConfirmNextAsync());
    }

    [Fact]
    public async Task An_event_goes_where_events_go()
    {
        _outbox.Open("a");
        await _intake.ReportEventAsync("a", new DeviceEvent { Name = "doorOpened" }, Ct);
        Start();

        Assert.Equal("a/event", await ConfirmNextAsync());
    }

    [Fact]
    public async Task What_cannot_be_sent_is_dropped_told_and_does_not_stop_the_lane()
    {
        _outbox.Open("a");
        await _outbox.AppendAsync("a", new byte[] { 99, 1, 2 }, items: 1, Ct);
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

        Assert.Equal((1, 1), (_outbox.StatusOf("a").Pending, _outbox.StatusOf("b").Pending));
        Assert.Equal(1, (await _outbox.TakeAsync(Ct)).FirstSequence);
        Assert.Empty(_log.Troubles);
    }

    private void Start(int window = 16) =>
        _running = new UplinkPump(_outbox, _hub, lane => new UplinkRoute($"{lane}/data", $"{lane}/event"), window, _time, _loggers.CreateLogger<UplinkPump>()).RunAsync(_stop.Token);

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Step.Of("the pump stops", _running.WaitAsync, _log);
    }

    private async Task ReportAsync(string lane, params long[] values)
    {
        _outbox.Open(lane);
        foreach (long value in values) await _intake.ReportAsync(lane, new[] { new PointValue(Voltage, Variant.From(value)) }, Ct);
    }

    private async Task<string> ConfirmNextAsync()
    {
        var publish = await _hub.Next();
        publish.Confirm();
        return publish.Topic;
    }
}
