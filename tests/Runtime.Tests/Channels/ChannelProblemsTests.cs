namespace BridgeFramework.Runtime.Tests;

/// <summary>What a driver does and should not is said, whatever the state of its channel is.</summary>
public sealed class ChannelProblemsTests
{
    private readonly WatchedTime _time = new();

    [Fact]
    public async Task A_driver_that_keeps_the_thread_of_RunAsync_does_not_serve_whatever_it_says()
    {
        await using var bench = new ChannelBench();
        using var gate = new ManualResetEventSlim();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Script.OnRun = () =>
        {
            began.SetResult();
            gate.Wait(CancellationToken.None);
        };
        bench.Start();
        await began.Task.OrFail("the driver runs", bench.Log);
        bench.Supervisor.Standing.Run!.Channel.SetServing(); // the run has begun

        bench.Time.Advance(DriverCalls.Noticed);
        Assert.Equal(ChannelState.Starting, bench.Status.State);
        Assert.Empty(bench.Status.Problems);

        bench.Time.Advance(TimeSpan.FromSeconds(10));
        var problem = Assert.Single(bench.Status.Problems);
        Assert.Equal("RunAsync of its driver has not returned and keeps a thread", problem.What);
        Assert.Equal(TimeSpan.FromSeconds(10.25), bench.Time.GetElapsedTime(problem.SinceTimestamp));
        Assert.Equal(bench.Time.GetUtcNow() - TimeSpan.FromSeconds(10.25), problem.Since);
        Assert.Equal(problem.Since, bench.Status.Since);
        bench.DriverTimeIsUp = true;
        gate.Set();
    }

    [Fact]
    public async Task A_run_that_did_not_end_is_named_while_the_next_one_serves()
    {
        await using var bench = new ChannelBench();
        bench.Script.IgnoresStop = true;
        bench.Start();
        await bench.Script.NextRun();
        bench.DriverTimeIsUp = true;
        bench.Supervisor.Standing.Run!.Fail("Its plugin threw."); // the run has begun
        await bench.Rests();
        bench.DriverTimeIsUp = false;
        bench.Script.IgnoresStop = false;
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        (await bench.Script.NextRun()).Channel.SetServing();

        Assert.Equal(ChannelState.Serving, bench.Status.State);
        Assert.StartsWith(
            "a run of its driver was told to end and has not", Assert.Single(bench.Status.Problems).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_is_a_problem_from_10_s_on_and_until_it_returns()
    {
        var calls = new DriverCalls(_time);

        calls.Follow("ExecuteAsync", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(9.9));
            Assert.Null(calls.FindProblem());
            _time.Advance(TimeSpan.FromSeconds(0.1));
            return calls.Follow("ExecuteAsync", () =>
            {
                Assert.Equal("ExecuteAsync of its driver has not returned and keeps a thread", calls.FindProblem()?.What);
                _time.Advance(TimeSpan.FromSeconds(10));
                Assert.Equal("ExecuteAsync of its driver has not returned and keeps a thread, and 1 more", calls.FindProblem()?.What);
                return true;
            });
        });

        Assert.Null(calls.FindProblem());
    }

    [Fact]
    public void What_is_lost_is_forgotten_when_it_ends()
    {
        var lost = new LostWork(_time);
        TaskCompletionSource first = new(), second = new();
        lost.Add("a run of its driver", first.Task);
        lost.Add("a driver that is let go of", second.Task);
        Assert.Equal("a run of its driver was told to end and has not, and 1 more", lost.FindProblem()?.What);

        first.SetResult();
        Assert.Equal("a driver that is let go of was told to end and has not", lost.FindProblem()?.What);
        second.SetException(new InvalidOperationException());

        Assert.Null(lost.FindProblem());
    }

    [Fact]
    public void A_call_that_was_told_to_end_just_now_has_10_s_for_it()
    {
        var lost = new LostWork(_time);
        var command = new TaskCompletionSource();
        lost.Add("a command to SUBPROD001/meter", command.Task, isJustTold: true);
        Assert.Null(lost.FindProblem());

        _time.Advance(LostWork.Grace);

        Assert.Equal("a command to SUBPROD001/meter was told to end and has not", lost.FindProblem()?.What);
        command.SetResult();
        Assert.Null(lost.FindProblem());
    }

    [Fact]
    public void A_flood_is_told_after_a_window_above_the_bound_and_until_one_below()
    {
        var meter = new FloodMeter("reports", 100, "they are dropped", _time);
        Pass(meter, seconds: 10, aSecond: 100);
        Assert.Null(meter.FindProblem());

        Pass(meter, seconds: 20, aSecond: 101);
        var flood = meter.FindProblem();
        Assert.Equal(
            "its driver floods the gateway with 101 reports a second, more than 100, 2020 so far: they are dropped", flood?.What);
        Assert.Equal(TimeSpan.FromSeconds(20), _time.GetElapsedTime(flood?.SinceTimestamp ?? 0));

        Pass(meter, seconds: 10, aSecond: 1);
        Assert.Null(meter.FindProblem());
    }

    [Fact]
    public void A_flood_that_stops_at_once_is_over_without_another_call()
    {
        var meter = new FloodMeter("reports", 100, "they are dropped", _time);
        Pass(meter, seconds: 10, aSecond: 1000);
        Assert.NotNull(meter.FindProblem());

        _time.Advance(2 * FloodMeter.Window);

        Assert.Null(meter.FindProblem());
    }

    private void Pass(FloodMeter meter, int seconds, int aSecond)
    {
        for (int second = 0; second < seconds; second++)
        {
            for (int i = 0; i < aSecond; i++) meter.Count();
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
