using System.Collections.Concurrent;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What the hub is told of updates, and when.</summary>
public sealed class UpdateNewsSenderTests : IAsyncDisposable
{
    private static readonly SubDeviceId One = SubDeviceId.Parse("SUBPROD001/m1");
    private static readonly SubDeviceId Two = SubDeviceId.Parse("SUBPROD001/m2");
    private readonly WatchedTime _time = new();
    private readonly ScriptedPublisher _hub = new();
    private readonly ConcurrentDictionary<SubDeviceId, bool> _online = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly UpdateNewsSender _news;
    private Task _running = Task.CompletedTask;

    public UpdateNewsSenderTests() => _news = new UpdateNewsSender(
        _hub, _online.ContainsKey, new NewsPace(TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(100)), _time,
            NullLogger<UpdateNewsSender>.Instance);

    [Fact]
    public async Task Of_progress_only_the_newest_is_told_and_at_most_once_a_second()
    {
        Start(One);
        _news.Downloading(One, "1.0.0", 1);
        var first = await _hub.Next();
        _news.Downloading(One, "1.0.0", 2);
        _news.Downloading(One, "1.0.0", 3);
        first.Confirm();
        while (await _time.TimerArmed.ReadAsync(TestContext.Current.CancellationToken) != TimeSpan.FromMilliseconds(100)) { }

        _time.Advance(TimeSpan.FromMilliseconds(100));
        while (await _time.TimerArmed.ReadAsync(TestContext.Current.CancellationToken) != TimeSpan.FromMilliseconds(900)) { }
        Assert.False(_hub.HasPublish);
        _time.Advance(TimeSpan.FromMilliseconds(899));
        Assert.False(_hub.HasPublish);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Contains("\"percent\":\"3\"", (await _hub.Next()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_makes_progress_that_waits_worthless()
    {
        Start(One, Two);
        _news.Downloading(One, "1.0.0", 1);
        var first = await _hub.Next();
        _news.Burning(One, "1.0.0");
        _ = _news.EndAsync(One, "1.0.0", FirmwareResultCode.Success, "", TestContext.Current.CancellationToken);

        var done = await _hub.Next();
        Assert.Contains("done", done.Text, StringComparison.Ordinal);
        done.Confirm();
        first.Confirm();
        _time.Advance(TimeSpan.FromSeconds(5));
        _news.Downloading(Two, "1.0.0", 7);
        Assert.Contains("\"percent\":\"7\"", (await _hub.Next()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_that_did_not_go_is_told_again_unless_there_is_newer()
    {
        Start(One);
        _news.Burning(One, "1.0.0");
        (await _hub.Next()).Fail(new TimeoutException("No answer."));
        while (await _time.TimerArmed.ReadAsync(TestContext.Current.CancellationToken) != TimeSpan.FromSeconds(1)) { }
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Contains("burning", (await _hub.Next()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_is_told_again_until_it_is_confirmed()
    {
        Start(One);
        var end = _news.EndAsync(One, "1.0.0", FirmwareResultCode.Success, "", TestContext.Current.CancellationToken);
        (await _hub.Next()).Fail(new TimeoutException("No answer."));
        while (await _time.TimerArmed.ReadAsync(TestContext.Current.CancellationToken) != TimeSpan.FromSeconds(1)) { }
        Assert.False(end.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        (await _hub.Next()).Confirm();

        await Step.Of("it is confirmed", _ => end);
    }

    [Fact]
    public async Task Nothing_is_said_of_a_device_that_the_hub_does_not_have_online()
    {
        Start(Two);
        var end = _news.EndAsync(One, "1.0.0", FirmwareResultCode.UpdateFailed, "Why.", TestContext.Current.CancellationToken);
        _news.Burning(Two, "1.0.0");
        var other = await _hub.Next();
        Assert.EndsWith("m2", other.Topic, StringComparison.Ordinal);
        other.Confirm();
        Assert.False(_hub.HasPublish);

        BringOnline(One);
        _time.Advance(TimeSpan.FromSeconds(1));

        (await _hub.Next()).Confirm();
        await Step.Of("it is confirmed", _ => end);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private void Start(params ReadOnlySpan<SubDeviceId> online)
    {
        foreach (var id in online) BringOnline(id);
        _running = _news.RunAsync(_stop.Token);
    }

    private void BringOnline(SubDeviceId id)
    {
        _online[id] = true;
        _news.Wake(id);
    }
}
