using System.Text.Json;
using System.Threading.Channels;
using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Runtime.Tests;

public sealed class SubDeviceReconcilerTests : IAsyncDisposable
{
    private static readonly SubDeviceId Meter = SubDeviceId.Parse("SUBPROD001/meter");

    private readonly WatchedTime _time = new();
    private readonly ScriptedHub _hub = new();
    private readonly Channel<CloudState> _states = Channel.CreateUnbounded<CloudState>();
    private readonly CancellationTokenSource _stop = new();
    private readonly SubDeviceReconciler _reconciler;
    private readonly Task _running;
    private Action<CloudState> _heard = _ => { };

    public SubDeviceReconcilerTests()
    {
        _reconciler = new SubDeviceReconciler(
            _hub,
            Bindings(),
            (id, state) =>
            {
                _heard(state);
                if (id == Meter) _states.Writer.TryWrite(state);
            },
            _time,
            new FakeLogger<SubDeviceReconciler>());
        _reconciler.Apply([("line1", Device(Meter, secret: "AAAA"))], leaving: [], new SubDeviceOptions());
        _running = Task.WhenAll(_reconciler.RunAsync(_stop.Token), _reconciler.InquireAsync(_stop.Token));
        while (_time.TimerArmed.TryRead(out var wait)) Assert.Equal(TimeSpan.FromMinutes(1), wait); // for channels that never say anything
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
    }

    [Fact]
    public async Task A_stop_while_the_hub_is_asked_ends_all_of_it()
    {
        using var stop = new CancellationTokenSource();
        var meter = Device(Meter, secret: "AAAA");
        var writable = meter with { Points = [meter.Points[0] with { Access = PointAccess.ReadWrite }] };
        var hub = new StoppedHub(stop);
        var reconciler = new SubDeviceReconciler(
            hub, Bindings(), (_, _) => { }, _time, new FakeLogger<SubDeviceReconciler>());
        reconciler.Apply([("line1", writable)], leaving: [], new SubDeviceOptions());
        reconciler.SetPresence(Meter, Presence.Present, null);
        reconciler.SessionUp(attempt: 1);

        var running = reconciler.RunAsync(stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.OrFail("the reconciler stops"));
        Assert.Equal(1, hub.Questions);
    }

    [Fact]
    public async Task A_present_device_is_brought_online_once_the_session_is_up()
    {
        _reconciler.SetPresence(Meter, Presence.Present, null);
        _reconciler.SessionUp(attempt: 1);

        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.Accepted, Cancellation);

        await UntilAsync(CloudState.Online);
    }

    [Fact]
    public async Task What_the_hub_has_is_known_when_the_change_is_heard_of_and_no_lock_is_needed_to_ask()
    {
        var asked = new List<(CloudState Heard, CloudState? Known)>();
        _heard = state =>
        {
            CloudState? known = null;
            var other = new Thread(() => known = _reconciler.StateOf(Meter));
            other.Start();
            asked.Add((state, other.Join(TimeSpan.FromSeconds(10)) ? known : null));
        };
        _reconciler.SetPresence(Meter, Presence.Present, null);
        _reconciler.SessionUp(attempt: 1);
        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.Accepted, Cancellation);
        await UntilAsync(CloudState.Online);

        Assert.Equal([(CloudState.BringingOnline, CloudState.BringingOnline), (CloudState.Online, CloudState.Online)], asked);
        Assert.Equal(CloudState.Online, _reconciler.StateOf(Meter));
        Assert.Equal(CloudState.Unknown, _reconciler.StateOf(SubDeviceId.Parse("SUBPROD001/another")));
    }

    [Fact]
    public async Task A_device_that_is_not_bound_is_bound_first_when_it_has_a_secret()
    {
        _reconciler.SessionUp(attempt: 1);
        _reconciler.SetPresence(Meter, Presence.Present, null);

        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.NotBound, Cancellation);
        await _hub.AnswerAsync(CloudAction.Bind, Meter, CloudEvent.Accepted, Cancellation);
        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.Accepted, Cancellation);

        await UntilAsync(CloudState.Online);
    }

    [Fact]
    public async Task After_a_reconnect_the_hub_is_told_again()
    {
        _reconciler.SetPresence(Meter, Presence.Present, null);
        _reconciler.SessionUp(attempt: 1);
        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.Accepted, Cancellation);
        await UntilAsync(CloudState.Online);

        _reconciler.SessionLost();
        _reconciler.SessionUp(attempt: 1);

        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.Accepted, Cancellation);
    }

    [Fact]
    public async Task An_answer_of_a_dead_connection_counts_for_nothing()
    {
        _reconciler.SetPresence(Meter, Presence.Present, null);
        _reconciler.SessionUp(attempt: 1);
        var late = await _hub.NextAsync(CloudAction.BringOnline, Meter, Cancellation);

        _reconciler.SessionLost();
        _reconciler.SessionUp(attempt: 1);
        late.Answer.SetResult(new CloudAnswer(CloudEvent.Refused, "late"));

        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.Accepted, Cancellation);
        Assert.DoesNotContain(CloudState.Refused, await UntilAsync(CloudState.Online));
    }

    [Fact]
    public async Task A_failure_is_retried_after_a_rest_and_not_before()
    {
        _reconciler.SetPresence(Meter, Presence.Present, null);
        _reconciler.SessionUp(attempt: 1);
        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.Failed, Cancellation);
        Assert.Equal(TimeSpan.FromSeconds(5), await _time.TimerArmed.ReadAsync(Cancellation));

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(_hub.HasCall);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.Accepted, Cancellation);
    }

    [Fact]
    public async Task A_refusal_is_not_repeated_for_long_and_its_reason_is_kept()
    {
        _reconciler.SetPresence(Meter, Presence.Present, null);
        _reconciler.SessionUp(attempt: 1);
        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.Refused, Cancellation, "802: no such device");
        await UntilAsync(CloudState.Refused);

        _time.Advance(TimeSpan.FromMinutes(9.9)); // after 10 minutes it may be asked about once more, see RefusalTests

        Assert.False(_hub.HasCall);
        Assert.Equal("802: no such device", Assert.Single(_reconciler.Snapshot(), device => device.Id == Meter).Reason);
    }

    [Fact]
    public async Task A_restarting_channel_does_not_flap_its_devices_but_a_dead_one_takes_them_offline_in_the_end()
    {
        _reconciler.SetPresence(Meter, Presence.Present, null);
        _reconciler.SessionUp(attempt: 1);
        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.Accepted, Cancellation);
        await UntilAsync(CloudState.Online);

        _reconciler.SetPresence(Meter, Presence.Unknown, "restarting");
        _time.Advance(TimeSpan.FromSeconds(59));
        _reconciler.SetPresence(Meter, Presence.Present, null);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(_hub.HasCall);

        _reconciler.SetPresence(Meter, Presence.Unknown, "dead");
        _time.Advance(TimeSpan.FromSeconds(61));
        await _hub.AnswerAsync(CloudAction.TakeOffline, Meter, CloudEvent.Accepted, Cancellation);
    }

    [Fact]
    public async Task A_device_unbound_in_the_console_is_not_bound_again_behind_the_operators_back()
    {
        _reconciler.SetPresence(Meter, Presence.Present, null);
        _reconciler.SessionUp(attempt: 1);
        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.Accepted, Cancellation);
        await UntilAsync(CloudState.Online);

        _reconciler.TopologyChanged(Meter, bound: false);
        await UntilAsync(CloudState.Unbound);
        Assert.False(_hub.HasCall);

        _reconciler.TopologyChanged(Meter, bound: true);
        await _hub.AnswerAsync(CloudAction.BringOnline, Meter, CloudEvent.Accepted, Cancellation);
    }

    private BindingBook Bindings() => new(
        file: null, "GWPROD0001/gw1", [Device(Meter, secret: "AAAA")], _time, new FakeLogger<BindingBook>());

    private static SubDevicePlan Device(SubDeviceId id, string? secret) => new()
    {
        Id = id,
        Points = [new PointPlan { Name = "power", At = JsonElement.Parse("{}"), Interval = TimeSpan.FromSeconds(1) }],
        Secret = secret is null ? null : new Secret(secret),
        Settings = JsonDocument.Parse("{}").RootElement.Clone(),
    };

    /// <summary>Reads the states that the meter went through, up to the one that is waited for.</summary>
    private async Task<List<CloudState>> UntilAsync(CloudState wanted)
    {
        var seen = new List<CloudState>();
        await foreach (var state in _states.Reader.ReadAllAsync(Cancellation))
        {
            seen.Add(state);
            if (state == wanted) break;
        }

        return seen;
    }

    private sealed class ScriptedHub : ISubDeviceOperations
    {
        private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

        public bool HasCall => _calls.Reader.TryPeek(out _);

        public Task<CloudAnswer> ExecuteAsync(CloudAction action, SubDevicePlan device, CancellationToken cancellationToken)
        {
            var call = new Call(
                action, device.Id, new TaskCompletionSource<CloudAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));
            _calls.Writer.TryWrite(call);
            return call.Answer.Task.WaitAsync(cancellationToken);
        }

        public Task<CloudAnswer> AnnounceVersionAsync(SubDeviceId device, string version, CancellationToken cancellationToken) =>
            throw new NotSupportedException("No driver of these tests says a version.");

        public Task<HubList?> ListAsync(CancellationToken cancellationToken) => Task.FromResult<HubList?>(null);

        public async Task<Call> NextAsync(CloudAction action, SubDeviceId id, CancellationToken cancellationToken)
        {
            var call = await _calls.Reader.ReadAsync(cancellationToken);
            Assert.Equal((action, id), (call.Action, call.Id));
            return call;
        }

        public async Task AnswerAsync(CloudAction action, SubDeviceId id, CloudEvent answer, CancellationToken cancellationToken,
            string? reason = null) =>
            (await NextAsync(action, id, cancellationToken)).Answer.SetResult(new CloudAnswer(answer, reason));

        public sealed record Call(CloudAction Action, SubDeviceId Id, TaskCompletionSource<CloudAnswer> Answer);
    }

    /// <summary>A gateway is stopped while its hub is asked: from then on every question is cancelled at once.</summary>
    private sealed class StoppedHub(CancellationTokenSource stop) : ISubDeviceOperations
    {
        private const int TooOften = 1000;

        public int Questions { get; private set; }

        public async Task<CloudAnswer> ExecuteAsync(CloudAction action, SubDevicePlan device, CancellationToken cancellationToken)
        {
            if (action != CloudAction.Subscribe) return new CloudAnswer(CloudEvent.Accepted);
            // The end of a test that fails.
            if (++Questions > TooOften) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
#pragma warning disable CA1849, MA0042 // In the middle of the question.
            stop.Cancel();
#pragma warning restore CA1849, MA0042
            cancellationToken.ThrowIfCancellationRequested();
            return default;
        }

        public Task<CloudAnswer> AnnounceVersionAsync(SubDeviceId device, string version, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("There is no version to announce.");

        public Task<HubList?> ListAsync(CancellationToken cancellationToken) => Task.FromResult<HubList?>(null);
    }
}
