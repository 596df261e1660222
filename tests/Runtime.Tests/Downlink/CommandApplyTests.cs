namespace BridgeFramework.Runtime.Tests;

/// <summary>What becomes of commands and replies when sub-devices come, change and leave while commands are routed.</summary>
public sealed class CommandApplyTests
{
    private static readonly SubDeviceId Meter = SubDeviceId.Parse("SUBPROD001/m1");
    private static readonly SubDeviceId Other = SubDeviceId.Parse("SUBPROD001/m2");
    private readonly DownlinkOracle _oracle = new();
    private readonly DownlinkLife _life;

    public CommandApplyTests()
    {
        _life = new DownlinkLife(new SimulatedDisk(), [Meter], _oracle);
        _life.SetOnline(Meter, isOnline: true);
        _life.SetOnline(Other, isOnline: true);
        Run();
    }

    [Fact]
    public void One_that_is_removed_finishes_what_is_under_way_and_refuses_the_rest_until_it_has_answered_for_all()
    {
        Send(Meter, "c1");
        Send(Meter, "c2");

        _life.Apply();
        Send(Meter, "c3");
        _life.Answer(0, CommandOutcome.Done);
        Run();

        Assert.True(_life.HasReplies(Meter));
        Assert.Contains("done", Acknowledge("c1"), StringComparison.Ordinal);
        Assert.Contains("was removed from the gateway's configuration", Acknowledge("c2"), StringComparison.Ordinal);
        Assert.Contains("was removed from the gateway's configuration", Acknowledge("c3"), StringComparison.Ordinal);
        Assert.False(_life.HasReplies(Meter));
        _oracle.CheckPromises();
    }

    [Fact]
    public void One_that_is_removed_while_the_hub_is_away_has_its_replies_sent_when_it_is_back()
    {
        Send(Meter, "c1");
        _life.SetOnline(Meter, isOnline: false);
        _life.Answer(0, CommandOutcome.Done);

        _life.Apply();
        Run();
        Assert.Empty(_life.Publishes);
        Assert.True(_life.HasReplies(Meter));

        _life.SetOnline(Meter, isOnline: true);
        Run();
        Acknowledge("c1");
        Assert.False(_life.HasReplies(Meter));
    }

    [Fact]
    public void One_that_is_forgotten_has_its_replies_given_up_and_is_answered_again_when_it_comes_back()
    {
        Send(Meter, "c1");
        _life.Answer(0, CommandOutcome.Done);
        Run();
        _life.Fail(0);
        _life.SetOnline(Meter, isOnline: false);
        _life.Forget(Meter); // it does not leave
        Assert.True(_life.HasReplies(Meter));

        _life.Apply();
        _life.Forget(Meter);
        Run();
        Assert.Equal((false, 0), (_life.HasReplies(Meter), _life.Status.RepliesWaiting));
        _life.SetOnline(Meter, isOnline: true);
        Send(Meter, "c1");
        Assert.Empty(_life.Publishes);

        _life.Apply(_life.RouteOf(Meter));
        Send(Meter, "c1");
        Assert.Contains("done", Acknowledge("c1"), StringComparison.Ordinal);
        _oracle.CheckPromises();
    }

    [Fact]
    public void A_reply_that_was_given_up_on_its_way_is_sent_again_where_it_is_wanted_again()
    {
        Send(Meter, "c1");
        _life.Answer(0, CommandOutcome.Done);
        Run();
        _life.Apply();
        _life.Forget(Meter);
        _life.Apply(_life.RouteOf(Meter));
        Send(Meter, "c1");

        _life.Fail(0);
        Run();

        Acknowledge("c1");
        Assert.False(_life.HasReplies(Meter));
    }

    [Fact]
    public void One_that_is_forgotten_while_a_command_is_under_way_has_nothing_left_when_it_ends()
    {
        Send(Meter, "c1");
        _life.Apply();
        _life.Forget(Meter);
        Assert.True(_life.HasReplies(Meter));

        _life.Answer(0, CommandOutcome.Done);
        Run();

        Assert.Equal((false, 0), (_life.HasReplies(Meter), _life.Status.RepliesWaiting));
    }

    [Fact]
    public void One_that_is_named_again_before_its_last_command_has_ended_is_not_forgotten()
    {
        Send(Meter, "c1");
        _life.Apply();
        _life.Forget(Meter);
        _life.Apply(_life.RouteOf(Meter));
        Send(Meter, "c1");
        Send(Meter, "c2");

        _life.Answer(0, CommandOutcome.Done);
        Run();
        _life.Answer(0, CommandOutcome.Done);
        Run();

        Assert.Contains("done", Acknowledge("c1"), StringComparison.Ordinal);
        Assert.Contains("done", Acknowledge("c2"), StringComparison.Ordinal);
        _oracle.CheckPromises();
    }

    [Fact]
    public void One_that_stays_keeps_its_commands_and_replies_though_its_channel_and_topics_change()
    {
        _life.SetOnline(Meter, isOnline: false);
        Send(Meter, "c1");
        _life.Answer(0, CommandOutcome.Done);
        Run();
        Send(Meter, "c2");
        Send(Meter, "c3");

        _life.Apply(_life.RouteOf(Meter, channel: 1, topics: "2"));
        _life.SetOnline(Meter, isOnline: true);
        Run();
        Acknowledge("c1"); // on its new topic, or a promise is broken
        Send(Meter, "c2"); // under way, and so a repeat
        Assert.Equal((2, 0), (_life.Channels[0].Entered, _life.Channels[1].Entered));
        _life.Answer(0, CommandOutcome.Done);
        Run();

        Acknowledge("c2");
        Assert.Equal((2, 1), (_life.Channels[0].Entered, _life.Channels[1].Entered));
        _life.Answer(0, CommandOutcome.Done);
        Run();
        Acknowledge("c3");
        _oracle.CheckPromises();
    }

    [Fact]
    public void A_command_that_waits_for_its_channel_is_carried_out_by_the_one_that_comes_in_its_place()
    {
        _life.Channels[0].Held = new TaskCompletionSource();
        Send(Meter, "c1");
        Assert.Empty(_life.Calls);

        _life.Apply(_life.RouteOf(Meter, channel: 1));
        _life.Do(_life.Channels[0].Held!.SetResult); // as set above
        Run();
        _life.Answer(0, CommandOutcome.Done);
        Run();

        Assert.Contains("done", Acknowledge("c1"), StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_is_added_is_served_and_one_that_left_before_the_start_has_its_replies_sent()
    {
        Send(Meter, "c1");
        _life.Answer(0, CommandOutcome.Done);
        Run();
        var next = new DownlinkLife(_life.Disk.Killed(new Random(1)), [], _oracle);
        foreach (var id in (SubDeviceId[])[Meter, Other]) next.SetOnline(id, isOnline: true);
        next.Run(int.MaxValue);
        Assert.Empty(next.Publishes);

        next.Apply(next.RouteOf(Meter, channel: null), next.RouteOf(Other, channel: 1));
        next.Run(int.MaxValue);
        Assert.Equal("c1", Assert.Single(next.Publishes).Id);
        _oracle.Send(Other, "c2");
        next.Send(Other, "c2", expiry: null);
        next.Run(int.MaxValue);
        next.Answer(0, CommandOutcome.Done);
        next.Run(int.MaxValue);

        Assert.Equal("c1 c2", string.Join(" ", next.Publishes.Select(publish => publish.Id)));
        _oracle.CheckPromises();
    }

    [Fact]
    public async Task A_bug_that_concerns_one_that_was_added_ends_the_router_and_is_seen()
    {
        await using var bench = new CommandRouterBench();
        bench.StateOf = device => device == Other ? throw new InvalidOperationException("a bug") : CloudState.Online;

        bench.Router.Apply([.. bench.Channel.Routes, _life.RouteOf(Other)]);

        var bug = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Step.Of("the router ends", ct => bench.Running.WaitAsync(ct), bench.Channel.Log));
        Assert.Equal("a bug", bug.Message);
    }

    private void Run() => _life.Run(int.MaxValue);

    private void Send(SubDeviceId device, string id)
    {
        _oracle.Send(device, id);
        _life.Send(device, id, expiry: null);
        Run();
    }

    /// <summary>The hub takes the reply that is on its way.</summary>
    /// <returns>What it says.</returns>
    private string Acknowledge(string id)
    {
        Assert.Equal(id, Assert.Single(_life.Publishes).Id);
        string reply = _oracle.ReplyTo(_life.Publishes[0].Device, id);
        _life.Acknowledge(0);
        Run();
        return reply;
    }
}
