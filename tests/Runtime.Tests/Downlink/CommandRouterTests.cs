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
    private readonly Task _running;
    private int _connection = 1;

    public CommandRouterTests()
    {
        _loggers = new LoggerFactory([_bench.Log]);
        _bench.Start();
        _running = new CommandRouter([_bench.Supervisor], _hub, attempt => attempt == _connection, _time, _loggers.CreateLogger<CommandRouter>()).RunAsync(_messages.Reader, _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Step.Of("the router stops", async _ => await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing), _bench.Log);
        await _bench.DisposeAsync();
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
    public async Task A_reply_that_the_hub_does_not_get_is_told_and_later_commands_are_served()
    {
        await ServeAsync();
        _hub.Refuses = () => new HubOfflineException("gone");
        Send("c1");
        (await _bench.Script.NextCommand()).Done();
        await Step.Of("the loss is told", ct => _bench.Log.WaitAsync(4303, "c1", ct));

        _hub.Refuses = null;
        Send("c2");
        (await _bench.Script.NextCommand()).Done();
        Assert.Contains("\"id\":\"c2\"", await ReplyAsync(), StringComparison.Ordinal);
    }

    private async Task ServeAsync() => (await _bench.Script.NextRun()).Channel.SetServing();

    private Task<TimeSpan> DeadlineArmed() => Step.Of("a command begins", ct => _time.TimerArmed.ReadAsync(ct).AsTask(), _bench.Log);

    private void Send(string id, string? payload = null, string? topic = null) => _messages.Writer.TryWrite(new HubMessage
    {
        Topic = topic ?? $"{ChannelBench.Meter}/control",
        Payload = Encoding.UTF8.GetBytes(payload ?? $$$"""{"id":"{{{id}}}","write":{"setpoint":1}}"""),
        Qos = 1,
        ReceivedAt = _time.GetUtcNow(),
        Attempt = 1,
    });

    private async Task<string> ReplyAsync()
    {
        var publish = await _hub.Next();
        Assert.Equal(($"{ChannelBench.Meter}/event", PublishPriority.CommandReply), (publish.Topic, publish.Priority));
        publish.Confirm();
        return publish.Text;
    }
}
