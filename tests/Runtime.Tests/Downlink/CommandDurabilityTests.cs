namespace BridgeFramework.Runtime.Tests;

/// <summary>What is on the disk before the driver is asked, and before the hub is told.</summary>
public sealed class CommandDurabilityTests : IAsyncDisposable
{
    private readonly CommandRouterBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task The_intent_is_safe_before_the_driver_is_asked_and_the_outcome_before_it_is_told()
    {
        await _bench.ServeAsync();
        _bench.Send("c1");
        var command = await _bench.Channel.Script.NextCommand();
        Assert.Contains("""{"entry":"intent","device":"SUBPROD001/meter","id":"c1",""", _bench.Disk.Text, StringComparison.Ordinal);
        Assert.Equal((1, 1), (_bench.Disk.Syncs, _bench.Router.Status.CommandsUnderWay));

        command.Done();
        var reply = await _bench.Hub.Next();
        Assert.Contains("\"entry\":\"outcome\"", _bench.Disk.Text, StringComparison.Ordinal);
        Assert.Equal((2, 1), (_bench.Disk.Syncs, _bench.Router.Status.RepliesWaiting));
        reply.Confirm();

        _bench.Send("c2");
        (await _bench.Channel.Script.NextCommand()).Done();
        await _bench.ReplyAsync(); // so the first counts as delivered
        _bench.Send("c3");
        await _bench.Channel.Script.NextCommand();
        Assert.Contains("""{"entry":"delivered","device":"SUBPROD001/meter","id":"c1",""", _bench.Disk.Text, StringComparison.Ordinal);
        Assert.Equal(5, _bench.Disk.Syncs); // two for each outcome; what is delivered costs none
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_refuses_commands_until_it_does_and_the_driver_is_never_asked()
    {
        await _bench.ServeAsync();
        _bench.Disk.Fails = true;
        _bench.Send("c1");

        string refusal = await _bench.ReplyAsync();
        Assert.StartsWith("""{"outcome":"refused","id":"c1",""", refusal, StringComparison.Ordinal);
        Assert.Contains("No space left", refusal, StringComparison.Ordinal);
        Assert.Contains("simulated disk", _bench.Router.Status.Trouble, StringComparison.Ordinal);
        Assert.False(_bench.Channel.Script.Commands.TryPeek(out _));

        _bench.Disk.Fails = false;
        _bench.Send("c2");
        (await _bench.Channel.Script.NextCommand()).Done();
        Assert.Contains("\"id\":\"c2\"", await _bench.ReplyAsync(), StringComparison.Ordinal);
        Assert.Null(_bench.Router.Status.Trouble);
        _bench.Send("c1"); // what was refused is on the disk by now
        Assert.Equal(refusal, await _bench.ReplyAsync());
        Assert.Contains("\"id\":\"c1\"", _bench.Disk.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outcome_that_the_disk_does_not_take_is_told_when_it_does()
    {
        await _bench.ServeAsync();
        _bench.Send("c1");
        var command = await _bench.Channel.Script.NextCommand();
        _bench.Disk.Fails = true;
        command.Done();
        await Step.Of("the disk has failed", ct => _bench.Channel.Log.WaitAsync(4311, "", ct));
        Assert.False(_bench.Hub.HasPublish);
        Assert.Equal(TimeSpan.FromSeconds(5), await _bench.Channel.Rests());

        _bench.Disk.Fails = false;
        _bench.Channel.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.StartsWith("""{"outcome":"done","id":"c1",""", await _bench.ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_expires_while_the_disk_takes_its_intent_never_reaches_the_driver()
    {
        await _bench.ServeAsync();
        _bench.Disk.IsSlow = true;
        long expires = (_bench.Time.GetUtcNow() + TimeSpan.FromSeconds(2)).ToUnixTimeMilliseconds();
        _bench.Send("c1", $$"""{"id":"c1","expires":{{expires}},"write":{"setpoint":1} }""");
        await _bench.DeadlineArmed();
        await Step.Of("the disk is asked", _bench.Disk.UntilBusyAsync);
        _bench.Time.Advance(TimeSpan.FromSeconds(2));
        _bench.Disk.IsSlow = false;
        _bench.Disk.Go();

        Assert.Contains("expired", await _bench.ReplyAsync(), StringComparison.Ordinal);
        Assert.False(_bench.Channel.Script.Commands.TryPeek(out _));
    }
}
