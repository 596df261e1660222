using System.Text;
using System.Threading.Channels;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

public sealed class CommandRouterTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private readonly ChannelBench _bench = new();
    private readonly WatchedTimeProvider _time = new(); // the router's alone: each timer is the deadline of a command
    private readonly ScriptedPublisher _hub = new();
    private readonly Channel<HubMessage> _messages = Channel.CreateUnbounded<HubMessage>();
    private readonly CancellationTokenSource _stop = new();
    private readonly LoggerFactory _loggers;
    private readonly SimulatedDisk _disk = new();
    private readonly CommandRouter _router;
    private readonly Task _running;
    private int _connection = 1;

    public CommandRouterTests()
    {
        _loggers = new LoggerFactory([_bench.Log]);
        _bench.Start();
        var journal = new CommandJournal(_disk, new CommandJournalOptions(), CommandRouter.Interrupted, _bench.Time, _loggers.CreateLogger<CommandJournal>());
        _router = new CommandRouter(CommandRecipient.Of(_bench.Supervisor), journal, _hub, attempt => attempt == _connection, _time, _loggers.CreateLogger<CommandRouter>());
        _router.Follow(ChannelBench.Meter, CloudState.Online);
        _running = _router.RunAsync(_messages.Reader, _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync(); // as in a gateway, the channels end first
        await _stop.CancelAsync();
        await Step.Of("the router stops", async _ => await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing), _bench.Log);
        _loggers.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Commands_of_a_sub_device_come_one_after_another_in_their_order()
    {
        await ServeAsync();
        Send("c1");
        Send("c2");

        var first = await _bench.Script.NextCommand();
        Assert.Equal("c1", first.Command.Id);
        Assert.False(_bench.Script.Commands.TryPeek(out _));
        first.Done();
        Assert.Equal("""{"outcome":"done","id":"c1","results":{"setpoint":{"outcome":"done"}}}""", await ReplyAsync());
        (await _bench.Script.NextCommand()).Done();
        Assert.Contains("\"id\":\"c2\"", await ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_17th_waiting_command_is_refused_and_those_before_are_carried_out()
    {
        await ServeAsync();
        Send("running");
        var running = await _bench.Script.NextCommand();
        for (int number = 1; number <= 17; number++) Send($"w{number}");

        string refused = await ReplyAsync();
        Assert.StartsWith("""{"outcome":"refused","id":"w17",""", refused, StringComparison.Ordinal);
        Assert.Contains("16 commands wait", refused, StringComparison.Ordinal);
        running.Done();
        await ReplyAsync();
        for (int number = 1; number <= 16; number++)
        {
            (await _bench.Script.NextCommand()).Done();
            Assert.Contains($"\"id\":\"w{number}\"", await ReplyAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_command_without_an_answer_is_timed_out_and_the_driver_is_told()
    {
        await ServeAsync();
        Send("c1");
        var command = await _bench.Script.NextCommand();

        _time.Advance(Deadline - TimeSpan.FromMilliseconds(1));
        Assert.False(command.Cancelled.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.StartsWith("""{"outcome":"timedOut","id":"c1",""", await ReplyAsync(), StringComparison.Ordinal);
        Assert.True(command.Cancelled.IsCancellationRequested);
    }

    [Fact]
    public async Task A_call_that_outlives_its_deadline_does_not_overlap_with_the_next_command()
    {
        await ServeAsync();
        Send("slow");
        var slow = await _bench.Script.NextCommand();
        await DeadlineArmed();
        _time.Advance(Deadline);
        await ReplyAsync();

        Send("next");
        await DeadlineArmed();
        _time.Advance(Deadline);
        string reply = await ReplyAsync();
        Assert.StartsWith("""{"outcome":"refused","id":"next",""", reply, StringComparison.Ordinal);
        Assert.Contains("busy with an earlier command", reply, StringComparison.Ordinal);
        Assert.False(_bench.Script.Commands.TryPeek(out _));

        slow.Done();
        Send("last");
        (await _bench.Script.NextCommand()).Done();
        Assert.StartsWith("""{"outcome":"done","id":"last",""", await ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_expires_while_it_waits_is_refused_and_never_reaches_the_driver()
    {
        await ServeAsync();
        Send("c1");
        var first = await _bench.Script.NextCommand();
        long expires = (_time.GetUtcNow() + TimeSpan.FromSeconds(2)).ToUnixTimeMilliseconds();
        Send("c2", $$"""{"id":"c2","expires":{{expires}},"write":{"setpoint":1} }""");

        _time.Advance(TimeSpan.FromSeconds(2));
        first.Done();

        await ReplyAsync();
        Assert.Contains("expired", await ReplyAsync(), StringComparison.Ordinal);
        Assert.False(_bench.Script.Commands.TryPeek(out _));
    }

    [Fact]
    public async Task A_command_that_waits_when_its_connection_ends_is_refused_and_never_reaches_the_driver()
    {
        await ServeAsync();
        Send("c1");
        var first = await _bench.Script.NextCommand();
        Send("c2");
        _connection = 2;
        first.Done();

        Assert.Contains("\"id\":\"c1\"", await ReplyAsync(), StringComparison.Ordinal); // it had begun
        string reply = await ReplyAsync();
        Assert.StartsWith("""{"outcome":"refused","id":"c2",""", reply, StringComparison.Ordinal);
        Assert.Contains("connection", reply, StringComparison.Ordinal);
        Assert.False(_bench.Script.Commands.TryPeek(out _));
    }

    [Fact]
    public async Task A_hub_that_takes_no_refusals_does_not_keep_commands_from_the_driver()
    {
        await ServeAsync();
        for (int i = 0; i < 100; i++) Send("bad", "no command");
        Send("good");
        Assert.Equal("good", (await _bench.Script.NextCommand()).Command.Id);
    }

    [Fact]
    public async Task Echoes_and_topics_that_are_nobodys_are_ignored()
    {
        await ServeAsync();
        Send("echo", """{"seq":1,"timestamp":1,"values":{}}""");
        Send("echo", """{"outcome":"done","id":"c1"}""");
        Send("stray", topic: "SUBPROD001/stranger/control");
        Send("stray", topic: $"{ChannelBench.Meter}/data");
        Send("real");

        Assert.Equal("real", (await _bench.Script.NextCommand()).Command.Id);
        Assert.False(_hub.HasPublish);
    }

    [Fact]
    public async Task A_command_to_a_driver_that_is_just_starting_waits_for_it()
    {
        var run = await _bench.Script.NextRun();
        Send("early");
        run.Channel.SetServing();

        (await _bench.Script.NextCommand()).Done();
        Assert.Contains("done", await ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_to_a_channel_that_rests_is_absent_with_the_reason_of_the_channel()
    {
        (await _bench.Script.NextRun()).Fail(new LinkDownException("No carrier on ttyUSB0."));
        await _bench.Rests();
        Send("c1");

        string reply = await ReplyAsync();
        Assert.StartsWith("""{"outcome":"absent","id":"c1",""", reply, StringComparison.Ordinal);
        Assert.Contains("No carrier on ttyUSB0.", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_that_the_hub_does_not_get_is_told_once_and_sent_again_before_later_ones()
    {
        await ServeAsync();
        _hub.Refuses = () => new HubOfflineException("gone");
        Send("c1");
        (await _bench.Script.NextCommand()).Done();
        await RestArmed();
        Send("c2");
        (await _bench.Script.NextCommand()).Done();
        await Step.Of("c2 is done", ct => _bench.Log.WaitAsync(4302, "c2", ct));
        Assert.Equal(2, _router.Status.RepliesWaiting);

        _time.Advance(TimeSpan.FromSeconds(1));
        await RestArmed();
        _hub.Refuses = null;
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains("\"id\":\"c1\"", await ReplyAsync(), StringComparison.Ordinal);
        Assert.Contains("\"id\":\"c2\"", await ReplyAsync(), StringComparison.Ordinal);
        Assert.Single(_bench.Log.Lines, line => line.EventId == 4304);
    }

    [Fact]
    public async Task Replies_wait_until_the_hub_has_the_sub_device_online()
    {
        await ServeAsync();
        _router.Follow(ChannelBench.Meter, CloudState.Offline);
        Send("c1");
        (await _bench.Script.NextCommand()).Done();
        await Step.Of("c1 is done", ct => _bench.Log.WaitAsync(4302, "c1", ct));
        Send("bad", "no command, and no id to answer it by");
        await Step.Of("the refusal of what has no id is told", ct => _bench.Log.WaitAsync(4303, "online", ct));
        Assert.False(_hub.HasPublish);

        _router.Follow(ChannelBench.Meter, CloudState.Online);
        Assert.StartsWith("""{"outcome":"done","id":"c1",""", await ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_did_not_take_the_sub_device_offline_and_lets_a_command_through_gets_the_reply_on_that_connection_only()
    {
        await ServeAsync();
        Send("c1");
        (await _bench.Script.NextCommand()).Done();
        await ReplyAsync();
        _router.Follow(ChannelBench.Meter, CloudState.TakingOffline);
        Send("c2");
        (await _bench.Script.NextCommand()).Done();
        await Step.Of("c2 is done", ct => _bench.Log.WaitAsync(4302, "c2", ct));
        Assert.False(_hub.HasPublish);
        _router.Follow(ChannelBench.Meter, CloudState.Unknown); // it refused
        Assert.Contains("\"id\":\"c2\"", await ReplyAsync(), StringComparison.Ordinal);

        Send("c3");
        var last = await _bench.Script.NextCommand();
        _connection = 2;
        last.Done();
        await Step.Of("c3 is done", ct => _bench.Log.WaitAsync(4302, "c3", ct));
        Assert.False(_hub.HasPublish);
        _router.Follow(ChannelBench.Meter, CloudState.Online);
        Assert.Contains("\"id\":\"c3\"", await ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_comes_again_is_carried_out_once_and_answered_with_the_very_same_reply()
    {
        await ServeAsync();
        Send("c1");
        var command = await _bench.Script.NextCommand();
        Send("c1"); // under way: it has one answer
        await Step.Of("the repeat is seen", ct => _bench.Log.WaitAsync(4307, "c1", ct));
        command.Done();
        string reply = await ReplyAsync();

        Send("c1");
        Assert.Equal(reply, await ReplyAsync());
        Send("c2");
        Assert.Equal("c2", (await _bench.Script.NextCommand()).Command.Id);
        Assert.False(_hub.HasPublish);
    }

    [Fact]
    public async Task A_command_that_comes_again_while_its_reply_is_on_its_way_is_answered_again()
    {
        await ServeAsync();
        Send("c1");
        (await _bench.Script.NextCommand()).Done();
        var first = await _hub.Next();
        Send("c1");
        await Step.Of("the repeat is seen", ct => _bench.Log.WaitAsync(4307, "c1", ct));
        Assert.False(_hub.HasPublish);
        first.Confirm();
        Assert.Equal(first.Text, await ReplyAsync());
    }

    [Fact]
    public async Task A_command_that_waits_and_comes_again_on_the_next_connection_is_carried_out()
    {
        await ServeAsync();
        Send("c1");
        var first = await _bench.Script.NextCommand();
        Send("c2");
        _connection = 2;
        Send("c2", attempt: 2);
        await Step.Of("the repeat is seen", ct => _bench.Log.WaitAsync(4307, "c2", ct));
        first.Done();
        await ReplyAsync();

        Assert.Equal("c2", (await _bench.Script.NextCommand()).Command.Id);
    }

    [Theory]
    [InlineData("""{"id":"c1","write":{"nonsense":1}}""", "no such point")]
    [InlineData("""{"id":"c1","expires":1,"write":{"setpoint":1}}""", "expired")]
    [InlineData("""{"id":"c1"}""", "nothing to do")]
    public async Task A_refusal_is_an_outcome_too_the_same_id_is_refused_again_whatever_it_asks_for(string command, string reason)
    {
        await ServeAsync();
        Send("c1", command);
        string refusal = await ReplyAsync();
        Assert.Contains(reason, refusal, StringComparison.Ordinal);

        Send("c1");
        Assert.Equal(refusal, await ReplyAsync());
        Assert.False(_bench.Script.Commands.TryPeek(out _));
    }

    [Fact]
    public async Task The_intent_is_safe_before_the_driver_is_asked_and_the_outcome_before_it_is_told()
    {
        await ServeAsync();
        Send("c1");
        var command = await _bench.Script.NextCommand();
        Assert.Contains("""{"entry":"intent","device":"SUBPROD001/meter","id":"c1",""", _disk.Text, StringComparison.Ordinal);
        Assert.Equal((1, 1), (_disk.Syncs, _router.Status.CommandsUnderWay));

        command.Done();
        var reply = await _hub.Next();
        Assert.Contains("\"entry\":\"outcome\"", _disk.Text, StringComparison.Ordinal);
        Assert.Equal((2, 1), (_disk.Syncs, _router.Status.RepliesWaiting));
        reply.Confirm();

        Send("c2");
        (await _bench.Script.NextCommand()).Done();
        await ReplyAsync(); // so the first counts as delivered
        Send("c3");
        await _bench.Script.NextCommand();
        Assert.Contains("""{"entry":"delivered","device":"SUBPROD001/meter","id":"c1",""", _disk.Text, StringComparison.Ordinal);
        Assert.Equal(5, _disk.Syncs); // two for each outcome; what is delivered costs none
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_refuses_commands_until_it_does_and_the_driver_is_never_asked()
    {
        await ServeAsync();
        _disk.Fails = true;
        Send("c1");

        string refusal = await ReplyAsync();
        Assert.StartsWith("""{"outcome":"refused","id":"c1",""", refusal, StringComparison.Ordinal);
        Assert.Contains("No space left", refusal, StringComparison.Ordinal);
        Assert.Contains("simulated disk", _router.Status.Trouble, StringComparison.Ordinal);
        Assert.False(_bench.Script.Commands.TryPeek(out _));

        _disk.Fails = false;
        Send("c2");
        (await _bench.Script.NextCommand()).Done();
        Assert.Contains("\"id\":\"c2\"", await ReplyAsync(), StringComparison.Ordinal);
        Assert.Null(_router.Status.Trouble);
        Send("c1"); // what was refused is on the disk by now
        Assert.Equal(refusal, await ReplyAsync());
        Assert.Contains("\"id\":\"c1\"", _disk.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outcome_that_the_disk_does_not_take_is_told_when_it_does()
    {
        await ServeAsync();
        Send("c1");
        var command = await _bench.Script.NextCommand();
        _disk.Fails = true;
        command.Done();
        await Step.Of("the disk has failed", ct => _bench.Log.WaitAsync(4311, "", ct));
        Assert.False(_hub.HasPublish);
        Assert.Equal(TimeSpan.FromSeconds(5), await _bench.Rests());

        _disk.Fails = false;
        _bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.StartsWith("""{"outcome":"done","id":"c1",""", await ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_expires_while_the_disk_takes_its_intent_never_reaches_the_driver()
    {
        await ServeAsync();
        _disk.IsSlow = true;
        long expires = (_time.GetUtcNow() + TimeSpan.FromSeconds(2)).ToUnixTimeMilliseconds();
        Send("c1", $$"""{"id":"c1","expires":{{expires}},"write":{"setpoint":1} }""");
        await DeadlineArmed();
        await Step.Of("the disk is asked", _disk.UntilBusyAsync);
        _time.Advance(TimeSpan.FromSeconds(2));
        _disk.IsSlow = false;
        _disk.Go();

        Assert.Contains("expired", await ReplyAsync(), StringComparison.Ordinal);
        Assert.False(_bench.Script.Commands.TryPeek(out _));
    }

    private async Task ServeAsync() => (await _bench.Script.NextRun()).Channel.SetServing();

    private Task<TimeSpan> DeadlineArmed() => Step.Of("a command begins", ct => _time.TimerArmed.ReadAsync(ct).AsTask(), _bench.Log);

    private async Task RestArmed()
    {
        // The deadlines of commands come before it on this clock.
        while (await Step.Of("a reply rests", ct => _time.TimerArmed.ReadAsync(ct).AsTask(), _bench.Log) != TimeSpan.FromSeconds(1))
        {
        }
    }

    private void Send(string id, string? payload = null, string? topic = null, int attempt = 1) => _messages.Writer.TryWrite(new HubMessage
    {
        Topic = topic ?? $"{ChannelBench.Meter}/control",
        Payload = Encoding.UTF8.GetBytes(payload ?? $$$"""{"id":"{{{id}}}","write":{"setpoint":1}}"""),
        Qos = 1,
        ReceivedAt = _time.GetUtcNow(),
        Attempt = attempt,
    });

    private async Task<string> ReplyAsync()
    {
        var publish = await _hub.Next();
        Assert.Equal(($"{ChannelBench.Meter}/event", PublishPriority.CommandReply), (publish.Topic, publish.Priority));
        publish.Confirm();
        return publish.Text;
    }
}
