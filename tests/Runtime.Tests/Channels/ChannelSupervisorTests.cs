using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

public sealed class ChannelSupervisorTests
{
    [Fact]
    public async Task A_failing_driver_is_run_again_after_1_2_4_seconds_up_to_60()
    {
        await using var bench = new ChannelBench().Start();

        foreach (int seconds in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            (await bench.Script.NextRun()).Fail(new LinkDownException("No way to 10.0.0.5."));
            Assert.Equal(TimeSpan.FromSeconds(seconds), await bench.Rests());
            Assert.Equal((ChannelState.BackingOff, "No way to 10.0.0.5."), (bench.Status.State, bench.Status.Reason));
            bench.Time.Advance(TimeSpan.FromSeconds(seconds - 0.1));
            Assert.False(bench.Script.Runs.TryPeek(out _));
            bench.Time.Advance(TimeSpan.FromSeconds(0.1));
        }

        await bench.Script.NextRun();
        Assert.Equal(8, bench.Status.Failures);
    }

    [Fact]
    public async Task A_driver_that_came_to_serve_starts_counting_again()
    {
        await using var bench = new ChannelBench().Start();
        (await bench.Script.NextRun()).Fail(new LinkDownException("gone"));
        Assert.Equal(TimeSpan.FromSeconds(1), await bench.Rests());
        bench.Time.Advance(TimeSpan.FromSeconds(1));

        var run = await bench.Script.NextRun();
        run.Channel.SetServing();
        Assert.Equal((ChannelState.Serving, 0, null), (bench.Status.State, bench.Status.Failures, bench.Status.Reason));
        run.Fail(new LinkDownException("gone again"));

        Assert.Equal(TimeSpan.FromSeconds(1), await bench.Rests());
    }

    [Fact]
    public async Task What_trying_again_does_not_heal_rests_60_seconds_at_once()
    {
        await using var bench = new ChannelBench().Start();
        (await bench.Script.NextRun()).Fail(new DriverException("The adapter is not supported.") { IsTransient = false });

        Assert.Equal(TimeSpan.FromSeconds(60), await bench.Rests());
    }

    [Fact]
    public async Task Settings_that_cannot_be_read_rest_60_seconds_and_name_what_is_wrong()
    {
        await using var bench = new ChannelBench("""{ "numbr": 7 }""").Start();

        Assert.Equal(TimeSpan.FromSeconds(60), await bench.Rests());
        Assert.Equal(ChannelState.BackingOff, bench.Status.State);
        Assert.Contains("numbr", bench.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_constructor_that_throws_is_a_fault()
    {
        await using var bench = new ChannelBench();
        bench.Script.OnCreate = () => throw new NotSupportedException("no such chip");
        bench.Start();

        Assert.Equal(TimeSpan.FromSeconds(1), await bench.Rests());
        Assert.Equal("The driver threw NotSupportedException: no such chip", bench.Status.Reason);
    }

    [Fact]
    public async Task A_driver_that_throws_before_its_first_await_is_a_fault()
    {
        await using var bench = new ChannelBench();
        bench.Script.OnRun = () => throw new TimeoutException("no answer from the modem");
        bench.Start();

        Assert.Equal(TimeSpan.FromSeconds(1), await bench.Rests());
        Assert.Equal("The driver threw TimeoutException: no answer from the modem", bench.Status.Reason);
        Assert.IsType<TimeoutException>(Assert.Single(bench.Log.Troubles).Exception);
    }

    [Fact]
    public async Task A_driver_that_ends_without_being_told_to_is_run_again()
    {
        await using var bench = new ChannelBench().Start();
        (await bench.Script.NextRun()).End();

        Assert.Equal(TimeSpan.FromSeconds(1), await bench.Rests());
        Assert.Equal("The driver ended without being told to.", bench.Status.Reason);
    }

    [Fact]
    public async Task A_constructor_that_hangs_is_given_up_and_what_it_made_is_disposed_when_it_comes()
    {
        using var hang = new ManualResetEventSlim();
        var disposed = new TaskCompletionSource();
        await using var bench = new ChannelBench { DriverTimeIsUp = true };
        bench.Script.OnCreate = () => hang.Wait(TestContext.Current.CancellationToken);
        bench.Script.OnDispose = () =>
        {
            disposed.TrySetResult();
            return Task.CompletedTask;
        };
        bench.Start();

        Assert.Equal(TimeSpan.FromSeconds(1), await bench.Rests());
        Assert.Contains("constructor hangs", bench.Status.Reason, StringComparison.Ordinal);
        hang.Set();

        await Step.Of("the late driver is disposed", disposed.Task.WaitAsync, bench.Log);
    }

    [Fact]
    public async Task A_driver_that_ignores_the_stop_is_lost_after_10_seconds()
    {
        await using var bench = new ChannelBench();
        bench.Script.IgnoresStop = true;
        bench.Start();
        var run = await bench.Script.NextRun();

        bench.DriverTimeIsUp = true;
        await bench.StopAsync();

        Assert.Equal(ChannelState.Stopped, bench.Status.State);
        var told = Assert.Single(bench.Log.Troubles, line => line.Level == LogLevel.Error);
        Assert.Contains("line1", told.Text, StringComparison.Ordinal);
        Assert.Contains("did not end within 10 s", told.Text, StringComparison.Ordinal);
        run.End();
    }

    [Fact]
    public async Task A_stop_callback_that_throws_does_not_keep_the_channel_from_ending()
    {
        await using var bench = new ChannelBench().Start();
        var run = await bench.Script.NextRun();
        using var registration = run.Stopping.Register(() => throw new InvalidOperationException("in the callback"));

        await bench.StopAsync();

        Assert.Equal(ChannelState.Stopped, bench.Status.State);
    }

    [Fact]
    public async Task A_dispose_that_throws_is_told_and_the_channel_goes_on()
    {
        await using var bench = new ChannelBench();
        bench.Script.OnDispose = () => throw new IOException("port stuck");
        bench.Start();
        (await bench.Script.NextRun()).End();
        await bench.Rests();
        bench.Time.Advance(TimeSpan.FromSeconds(1));

        await bench.Script.NextRun();
        Assert.Contains(bench.Log.Troubles, line => line.Exception is IOException);
    }

    [Fact]
    public async Task A_dispose_that_hangs_is_given_up_after_10_seconds()
    {
        var never = new TaskCompletionSource();
        await using var bench = new ChannelBench();
        bench.Script.OnDispose = () => never.Task;
        bench.Start();
        var run = await bench.Script.NextRun();
        bench.DriverTimeIsUp = true;
        run.End();

        Assert.Equal(TimeSpan.FromSeconds(1), await bench.Rests());
        never.SetResult();
    }

    [Fact]
    public async Task Presence_is_unknown_after_a_fault()
    {
        await using var bench = new ChannelBench().Start();
        var run = await bench.Script.NextRun();
        run.Channel.SetPresence(run.Device, Presence.Present);
        Assert.Equal(Presence.Present, (await bench.NextPresence()).Presence);

        run.Fail(new LinkDownException("gone"));

        Assert.Equal((Presence.Unknown, "channel line1 is not running"), await bench.NextPresence());
    }

    [Fact]
    public async Task What_an_ended_run_still_says_is_not_believed()
    {
        await using var bench = new ChannelBench().Start();
        var old = await bench.Script.NextRun();
        old.Fail(new LinkDownException("gone"));
        await bench.Rests();
        await bench.NextPresence();
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.Script.NextRun();

        old.Channel.SetServing();
        old.Channel.SetPresence(old.Device, Presence.Present);
        await old.ReportAsync(1);
        await old.Channel.ReportEventAsync(old.Device, new DeviceEvent { Name = "late" }, TestContext.Current.CancellationToken);

        Assert.Equal(ChannelState.Starting, bench.Status.State);
        Assert.False(bench.HasPresence);
        Assert.Equal(0, bench.Outbox.Ledgers().Sum(ledger => ledger.Reported));
    }

    [Fact]
    public async Task A_fault_of_one_channel_is_not_seen_by_another()
    {
        await using var healthy = new ChannelBench().Start();
        await using var failing = new ChannelBench().Start();
        var run = await healthy.Script.NextRun();
        run.Channel.SetServing();
        run.Channel.SetPresence(run.Device, Presence.Present);

        (await failing.Script.NextRun()).Fail(new InvalidOperationException("bug"));
        await failing.Rests();

        Assert.Equal(ChannelState.Serving, healthy.Status.State);
        Assert.Equal(Presence.Present, (await healthy.NextPresence()).Presence);
        Assert.False(healthy.HasPresence);
        Assert.False(run.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task A_channel_without_a_driver_waits_says_so_and_starts_when_one_comes()
    {
        await using var bench = new ChannelBench(withDriver: false).Start();
        await Step.Of("the channel says that it waits", ct => bench.Log.WaitAsync(4201, "scripted", ct));
        Assert.Equal(ChannelState.WaitingForDriver, bench.Status.State);
        Assert.Contains("No plugin brings driver 'scripted' (loaded: none)", bench.Status.Reason, StringComparison.Ordinal);

        bench.Script.AddTo(bench.Drivers);
        bench.Supervisor.DriversChanged();

        (await bench.Script.NextRun()).Channel.SetServing();
        Assert.Equal(ChannelState.Serving, bench.Status.State);
    }

    [Fact]
    public async Task A_stop_while_resting_or_waiting_ends_at_once()
    {
        await using var resting = new ChannelBench().Start();
        await using var waiting = new ChannelBench(withDriver: false).Start();
        (await resting.Script.NextRun()).End();
        await resting.Rests();

        await resting.StopAsync();
        await waiting.StopAsync();

        Assert.Equal((ChannelState.Stopped, ChannelState.Stopped), (resting.Status.State, waiting.Status.State));
        Assert.DoesNotContain(waiting.Log.Lines, line => line.Level >= LogLevel.Error);
    }
}
