using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Each command is carried out once and answered, however often it comes and however the hub stands.</summary>
public sealed class CommandReplyTests : IAsyncDisposable
{
    private readonly CommandRouterBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_reply_that_the_hub_does_not_get_is_told_once_and_sent_again_before_later_ones()
    {
        await _bench.ServeAsync();
        _bench.Hub.Refuses = () => new HubOfflineException("gone");
        _bench.Send("c1");
        (await _bench.Channel.Script.NextCommand()).Done();
        await _bench.RestArmed();
        _bench.Send("c2");
        (await _bench.Channel.Script.NextCommand()).Done();
        await Step.Of("c2 is done", ct => _bench.Channel.Log.WaitAsync(4302, "c2", ct));
        Assert.Equal(2, _bench.Router.Status.RepliesWaiting);

        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        await _bench.RestArmed();
        _bench.Hub.Refuses = null;
        _bench.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains("\"id\":\"c1\"", await _bench.ReplyAsync(), StringComparison.Ordinal);
        Assert.Contains("\"id\":\"c2\"", await _bench.ReplyAsync(), StringComparison.Ordinal);
        Assert.Single(_bench.Channel.Log.Lines, line => line.EventId == 4304);
    }

    [Fact]
    public async Task Replies_wait_until_the_hub_has_the_sub_device_online()
    {
        await _bench.ServeAsync();
        _bench.Follow(CloudState.Offline);
        _bench.Send("c1");
        (await _bench.Channel.Script.NextCommand()).Done();
        await Step.Of("c1 is done", ct => _bench.Channel.Log.WaitAsync(4302, "c1", ct));
        _bench.Send("bad", "no command, and no id to answer it by");
        await Step.Of("the refusal of what has no id is told", ct => _bench.Channel.Log.WaitAsync(4303, "online", ct));
        Assert.False(_bench.Hub.HasPublish);

        _bench.Follow(CloudState.Online);
        Assert.StartsWith("""{"outcome":"done","id":"c1",""", await _bench.ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_did_not_take_the_sub_device_offline_and_lets_a_command_through_gets_the_reply_on_that_connection_only()
    {
        await _bench.ServeAsync();
        _bench.Send("c1");
        (await _bench.Channel.Script.NextCommand()).Done();
        await _bench.ReplyAsync();
        _bench.Follow(CloudState.TakingOffline);
        _bench.Send("c2");
        (await _bench.Channel.Script.NextCommand()).Done();
        await Step.Of("c2 is done", ct => _bench.Channel.Log.WaitAsync(4302, "c2", ct));
        Assert.False(_bench.Hub.HasPublish);
        _bench.Follow(CloudState.Unknown); // it refused
        Assert.Contains("\"id\":\"c2\"", await _bench.ReplyAsync(), StringComparison.Ordinal);

        _bench.Send("c3");
        var last = await _bench.Channel.Script.NextCommand();
        _bench.Connection = 2;
        last.Done();
        await Step.Of("c3 is done", ct => _bench.Channel.Log.WaitAsync(4302, "c3", ct));
        Assert.False(_bench.Hub.HasPublish);
        _bench.Follow(CloudState.Online);
        Assert.Contains("\"id\":\"c3\"", await _bench.ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_comes_again_is_carried_out_once_and_answered_with_the_very_same_reply()
    {
        await _bench.ServeAsync();
        _bench.Send("c1");
        var command = await _bench.Channel.Script.NextCommand();
        _bench.Send("c1"); // under way: it has one answer
        await Step.Of("the repeat is seen", ct => _bench.Channel.Log.WaitAsync(4307, "c1", ct));
        command.Done();
        string reply = await _bench.ReplyAsync();

        _bench.Send("c1");
        Assert.Equal(reply, await _bench.ReplyAsync());
        _bench.Send("c2");
        Assert.Equal("c2", (await _bench.Channel.Script.NextCommand()).Command.Id);
        Assert.False(_bench.Hub.HasPublish);
    }

    [Fact]
    public async Task A_command_that_comes_again_while_its_reply_is_on_its_way_is_answered_again()
    {
        await _bench.ServeAsync();
        _bench.Send("c1");
        (await _bench.Channel.Script.NextCommand()).Done();
        var first = await _bench.Hub.Next();
        _bench.Send("c1");
        await Step.Of("the repeat is seen", ct => _bench.Channel.Log.WaitAsync(4307, "c1", ct));
        Assert.False(_bench.Hub.HasPublish);
        first.Confirm();
        Assert.Equal(first.Text, await _bench.ReplyAsync());
    }

    [Fact]
    public async Task A_command_that_waits_and_comes_again_on_the_next_connection_is_carried_out()
    {
        await _bench.ServeAsync();
        _bench.Send("c1");
        var first = await _bench.Channel.Script.NextCommand();
        _bench.Send("c2");
        _bench.Connection = 2;
        _bench.Send("c2", attempt: 2);
        await Step.Of("the repeat is seen", ct => _bench.Channel.Log.WaitAsync(4307, "c2", ct));
        first.Done();
        await _bench.ReplyAsync();

        Assert.Equal("c2", (await _bench.Channel.Script.NextCommand()).Command.Id);
    }

    [Theory]
    [InlineData("""{"id":"c1","write":{"nonsense":1}}""", "no such point")]
    [InlineData("""{"id":"c1","expires":1,"write":{"setpoint":1}}""", "expired")]
    [InlineData("""{"id":"c1"}""", "nothing to do")]
    public async Task A_refusal_is_an_outcome_too_the_same_id_is_refused_again_whatever_it_asks_for(string command, string reason)
    {
        await _bench.ServeAsync();
        _bench.Send("c1", command);
        string refusal = await _bench.ReplyAsync();
        Assert.Contains(reason, refusal, StringComparison.Ordinal);

        _bench.Send("c1");
        Assert.Equal(refusal, await _bench.ReplyAsync());
        Assert.False(_bench.Channel.Script.Commands.TryPeek(out _));
    }
}
