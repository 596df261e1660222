namespace BridgeFramework.Runtime.Tests;

/// <summary>The order of commands, their deadlines, and drivers that are not there.</summary>
public sealed class CommandRouterTests : IAsyncDisposable
{
    private readonly CommandRouterBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Commands_of_a_sub_device_come_one_after_another_in_their_order()
    {
        await _bench.ServeAsync();
        _bench.Send("c1");
        _bench.Send("c2");

        var first = await _bench.Channel.Script.NextCommand();
        Assert.Equal("c1", first.Command.Id);
        Assert.False(_bench.Channel.Script.Commands.TryPeek(out _));
        first.Done();
        Assert.Equal("""{"outcome":"done","id":"c1","results":{"setpoint":{"outcome":"done"}}}""", await _bench.ReplyAsync());
        (await _bench.Channel.Script.NextCommand()).Done();
        Assert.Contains("\"id\":\"c2\"", await _bench.ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_17th_waiting_command_is_refused_and_those_before_are_carried_out()
    {
        await _bench.ServeAsync();
        _bench.Send("running");
        var running = await _bench.Channel.Script.NextCommand();
        for (int number = 1; number <= 17; number++) _bench.Send($"w{number}");

        string refused = await _bench.ReplyAsync();
        Assert.StartsWith("""{"outcome":"refused","id":"w17",""", refused, StringComparison.Ordinal);
        Assert.Contains("16 commands wait", refused, StringComparison.Ordinal);
        running.Done();
        await _bench.ReplyAsync();
        for (int number = 1; number <= 16; number++)
        {
            (await _bench.Channel.Script.NextCommand()).Done();
            Assert.Contains($"\"id\":\"w{number}\"", await _bench.ReplyAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_command_without_an_answer_is_timed_out_and_the_driver_is_told()
    {
        await _bench.ServeAsync();
        _bench.Send("c1");
        var command = await _bench.Channel.Script.NextCommand();

        _bench.Time.Advance(CommandRouterBench.Deadline - TimeSpan.FromMilliseconds(1));
        Assert.False(command.Cancelled.IsCancellationRequested);
        _bench.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.StartsWith("""{"outcome":"timedOut","id":"c1",""", await _bench.ReplyAsync(), StringComparison.Ordinal);
        Assert.True(command.Cancelled.IsCancellationRequested);
    }

    [Fact]
    public async Task A_call_that_outlives_its_deadline_does_not_overlap_with_the_next_command()
    {
        await _bench.ServeAsync();
        _bench.Send("slow");
        var slow = await _bench.Channel.Script.NextCommand();
        await _bench.DeadlineArmed();
        _bench.Time.Advance(CommandRouterBench.Deadline);
        await _bench.ReplyAsync();

        _bench.Send("next");
        await _bench.DeadlineArmed();
        _bench.Time.Advance(CommandRouterBench.Deadline);
        string reply = await _bench.ReplyAsync();
        Assert.StartsWith("""{"outcome":"refused","id":"next",""", reply, StringComparison.Ordinal);
        Assert.Contains("busy with an earlier command", reply, StringComparison.Ordinal);
        Assert.False(_bench.Channel.Script.Commands.TryPeek(out _));

        slow.Done();
        _bench.Send("last");
        (await _bench.Channel.Script.NextCommand()).Done();
        Assert.StartsWith("""{"outcome":"done","id":"last",""", await _bench.ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_expires_while_it_waits_is_refused_and_never_reaches_the_driver()
    {
        await _bench.ServeAsync();
        _bench.Send("c1");
        var first = await _bench.Channel.Script.NextCommand();
        long expires = (_bench.Time.GetUtcNow() + TimeSpan.FromSeconds(2)).ToUnixTimeMilliseconds();
        _bench.Send("c2", $$"""{"id":"c2","expires":{{expires}},"write":{"setpoint":1} }""");

        _bench.Time.Advance(TimeSpan.FromSeconds(2));
        first.Done();

        await _bench.ReplyAsync();
        Assert.Contains("expired", await _bench.ReplyAsync(), StringComparison.Ordinal);
        Assert.False(_bench.Channel.Script.Commands.TryPeek(out _));
    }

    [Fact]
    public async Task A_command_that_waits_when_its_connection_ends_is_refused_and_never_reaches_the_driver()
    {
        await _bench.ServeAsync();
        _bench.Send("c1");
        var first = await _bench.Channel.Script.NextCommand();
        _bench.Send("c2");
        _bench.Connection = 2;
        first.Done();

        Assert.Contains("\"id\":\"c1\"", await _bench.ReplyAsync(), StringComparison.Ordinal); // it had begun
        string reply = await _bench.ReplyAsync();
        Assert.StartsWith("""{"outcome":"refused","id":"c2",""", reply, StringComparison.Ordinal);
        Assert.Contains("connection", reply, StringComparison.Ordinal);
        Assert.False(_bench.Channel.Script.Commands.TryPeek(out _));
    }

    [Fact]
    public async Task A_hub_that_takes_no_refusals_does_not_keep_commands_from_the_driver()
    {
        await _bench.ServeAsync();
        for (int i = 0; i < 100; i++) _bench.Send("bad", "no command");
        _bench.Send("good");
        Assert.Equal("good", (await _bench.Channel.Script.NextCommand()).Command.Id);
    }

    [Fact]
    public async Task Echoes_and_topics_that_are_nobodys_are_ignored()
    {
        await _bench.ServeAsync();
        _bench.Send("echo", """{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"values":{}}""");
        _bench.Send("echo", """{"outcome":"done","id":"c1"}""");
        _bench.Send("stray", topic: "SUBPROD001/stranger/control");
        _bench.Send("stray", topic: $"{ChannelBench.Meter}/data");
        _bench.Send("real");

        Assert.Equal("real", (await _bench.Channel.Script.NextCommand()).Command.Id);
        Assert.False(_bench.Hub.HasPublish);
    }

    [Fact]
    public async Task A_command_to_a_driver_that_is_just_starting_waits_for_it()
    {
        var run = await _bench.Channel.Script.NextRun();
        _bench.Send("early");
        run.Channel.SetServing();

        (await _bench.Channel.Script.NextCommand()).Done();
        Assert.Contains("done", await _bench.ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_to_a_channel_that_rests_is_absent_with_the_reason_of_the_channel()
    {
        (await _bench.Channel.Script.NextRun()).Fail(new LinkDownException("No carrier on ttyUSB0."));
        await _bench.Channel.Rests();
        _bench.Send("c1");

        string reply = await _bench.ReplyAsync();
        Assert.StartsWith("""{"outcome":"absent","id":"c1",""", reply, StringComparison.Ordinal);
        Assert.Contains("No carrier on ttyUSB0.", reply, StringComparison.Ordinal);
    }
}
