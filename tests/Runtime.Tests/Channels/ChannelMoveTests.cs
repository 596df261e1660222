namespace BridgeFramework.Runtime.Tests;

public sealed class ChannelMoveTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_held_channel_ends_its_run_and_runs_a_new_driver_when_it_is_released()
    {
        await using var bench = new ChannelBench().Start();
        var first = await bench.Script.NextRun();
        first.Channel.SetServing();

        await Step.Of("the channel is held", ct => bench.Supervisor.HoldAsync(MoveReason.Plugin, ct), bench.Log);
        Assert.True(first.Stopping.IsCancellationRequested);
        Assert.Equal(ChannelState.Moving, bench.Status.State);
        Assert.False(bench.Script.Runs.TryPeek(out _));

        bench.Time.Advance(TimeSpan.FromMilliseconds(40));
        bench.Supervisor.Release();
        (await bench.Script.NextRun()).Channel.SetServing();
        Assert.Equal((ChannelState.Serving, TimeSpan.FromMilliseconds(40)), (bench.Status.State, bench.Status.Gap));
        Assert.Contains(bench.Log.Lines, line => line.EventId == 4210 && line.Text.Contains("40 ms", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sub_devices_count_as_they_did_while_their_channel_is_held()
    {
        await using var bench = new ChannelBench().Start();
        var first = await bench.Script.NextRun();
        first.Channel.SetPresence(first.Device, Presence.Present);
        Assert.Equal(Presence.Present, (await bench.NextPresence()).Presence);

        await Step.Of("the channel is held", ct => bench.Supervisor.HoldAsync(MoveReason.Plugin, ct), bench.Log);
        first.Channel.SetPresence(first.Device, Presence.Absent);
        bench.Supervisor.Release();
        var second = await bench.Script.NextRun();
        second.Channel.SetServing();
        Assert.False(bench.HasPresence);

        second.Fail(new LinkDownException("gone"));
        await bench.Rests();
        Assert.Equal(Presence.Unknown, (await bench.NextPresence()).Presence);
    }

    [Fact]
    public async Task A_command_under_way_finishes_before_the_driver_is_told_to_end()
    {
        await using var bench = new ChannelBench().Start();
        var first = await bench.Script.NextRun();
        first.Channel.SetServing();
        var reply = WriteAsync(bench);
        var command = await bench.Script.NextCommand();

        var held = bench.Supervisor.HoldAsync(MoveReason.Plugin, Ct);
        Assert.False(first.Stopping.IsCancellationRequested);
        command.Done();

        Assert.Equal(CommandOutcome.Done, (await Step.Of("the reply", reply.WaitAsync)).Outcome);
        await Step.Of("the channel is held", held.WaitAsync, bench.Log);
        Assert.True(first.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task A_command_that_does_not_finish_holds_up_the_move_for_10_seconds_and_no_longer()
    {
        await using var bench = new ChannelBench().Start();
        (await bench.Script.NextRun()).Channel.SetServing();
        var reply = WriteAsync(bench);
        await bench.Script.NextCommand();

        bench.DriverTimeIsUp = true;
        await Step.Of("the channel is held", ct => bench.Supervisor.HoldAsync(MoveReason.Plugin, ct), bench.Log);

        Assert.Equal(CommandOutcome.Unknown, (await Step.Of("the reply", reply.WaitAsync)).Outcome);
    }

    [Fact]
    public async Task What_a_driver_registers_for_the_end_of_a_command_is_nobodys_trouble_but_its_own()
    {
        await using var bench = new ChannelBench().Start();
        (await bench.Script.NextRun()).Channel.SetServing();
        using var timeIsUp = new CancellationTokenSource();
        var reply = WriteAsync(bench, timeIsUp.Token);
        var command = await bench.Script.NextCommand();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registered = command.Cancelled.Register(() =>
        {
            told.TrySetResult();
            throw new InvalidOperationException("The port is closed already.");
        });

        await timeIsUp.CancelAsync();

        Assert.Equal(CommandOutcome.TimedOut, (await Step.Of("the reply", reply.WaitAsync)).Outcome);
        await Step.Of("the driver's token is cancelled", told.Task.WaitAsync);
    }

    [Fact]
    public async Task An_answer_of_null_leaves_the_command_unknown_and_says_what_was_expected()
    {
        await using var bench = new ChannelBench().Start();
        (await bench.Script.NextRun()).Channel.SetServing();
        var reply = WriteAsync(bench);
        (await bench.Script.NextCommand()).Answer.SetResult(null!); // as plugins may

        var result = await Step.Of("the reply", reply.WaitAsync);
        Assert.Equal(CommandOutcome.Unknown, result.Outcome);
        Assert.Contains("expected a result for each point", Assert.Single(result.Points!).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_comes_meanwhile_is_carried_out_by_the_next_run()
    {
        await using var bench = new ChannelBench().Start();
        (await bench.Script.NextRun()).Channel.SetServing();
        await Step.Of("the channel is held", ct => bench.Supervisor.HoldAsync(MoveReason.Plugin, ct), bench.Log);
        var reply = WriteAsync(bench);
        Assert.False(bench.Script.Commands.TryPeek(out _));

        bench.Supervisor.Release();
        (await bench.Script.NextRun()).Channel.SetServing();
        (await bench.Script.NextCommand()).Done();
        Assert.Equal(CommandOutcome.Done, (await Step.Of("the reply", reply.WaitAsync)).Outcome);
    }

    [Fact]
    public async Task A_command_whose_time_is_up_before_the_channel_has_moved_is_absent_and_says_why()
    {
        await using var bench = new ChannelBench().Start();
        await bench.Script.NextRun();
        await Step.Of("the channel is held", ct => bench.Supervisor.HoldAsync(MoveReason.Plugin, ct), bench.Log);
        using var timeIsUp = new CancellationTokenSource();
        var reply = WriteAsync(bench, timeIsUp.Token);
        await timeIsUp.CancelAsync();

        var told = await Step.Of("the reply", reply.WaitAsync);
        Assert.Equal(CommandOutcome.Absent, told.Outcome);
        Assert.Contains("is being replaced", told.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_channel_that_rests_after_a_fault_is_held_at_once_and_starts_at_once_when_it_is_released()
    {
        await using var bench = new ChannelBench().Start();
        (await bench.Script.NextRun()).Fail(new LinkDownException("gone"));
        await bench.Rests();

        await Step.Of("the channel is held", ct => bench.Supervisor.HoldAsync(MoveReason.Plugin, ct), bench.Log);
        bench.Supervisor.Release();
        await bench.Script.NextRun();
        Assert.Equal(0, bench.Status.Failures);
    }

    [Fact]
    public async Task A_channel_that_waits_for_its_driver_can_be_held_and_sub_devices_of_a_driver_that_is_gone_are_unknown()
    {
        await using var bench = new ChannelBench(withDriver: false).Start();
        Assert.Equal(Presence.Unknown, (await bench.NextPresence()).Presence);
        await Step.Of("the channel is held", ct => bench.Supervisor.HoldAsync(MoveReason.Plugin, ct), bench.Log);
        bench.Supervisor.Release();
        Assert.Equal(Presence.Unknown, (await bench.NextPresence()).Presence);
        Assert.Equal(ChannelState.WaitingForDriver, bench.Status.State);
    }

    [Fact]
    public async Task Its_points_are_told_with_their_quality_and_the_time_they_were_reported()
    {
        await using var bench = new ChannelBench().Start();
        var run = await bench.Script.NextRun();
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        await run.ReportAsync(230);
        await run.Channel.ReportAsync(run.Device, new[] { new PointValue(run.Device.Points[1], Quality.Timeout) }, Ct);

        var health = bench.Supervisor.Standing.Health.ToDictionary(point => point.Point, StringComparer.Ordinal);
        Assert.Equal((true, bench.Time.GetTimestamp()), (health["voltage"].IsGood, health["voltage"].ReportedAt));
        Assert.Equal((false, bench.Time.GetTimestamp()), (health["setpoint"].IsGood, health["setpoint"].ReportedAt));
        Assert.Null(health["mode"].ReportedAt);

        await Step.Of("the channel is held", ct => bench.Supervisor.HoldAsync(MoveReason.Plugin, ct), bench.Log);
        Assert.True(bench.Supervisor.Standing.Health.Single(point => point.Point == "voltage").IsGood);
    }

    private static Task<CommandReply> WriteAsync(ChannelBench bench, CancellationToken? deadline = null) =>
        BareCommand.WriteAsync(bench.Supervisor, ChannelBench.Meter, deadline ?? Ct);
}
