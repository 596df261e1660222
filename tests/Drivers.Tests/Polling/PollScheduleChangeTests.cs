namespace BridgeFramework.Drivers.Tests;

/// <summary>Groups come and go while others are run.</summary>
public sealed class PollScheduleChangeTests
{
    private readonly object _unitA = new();
    private readonly object _unitB = new();

    [Fact]
    public void The_grids_of_the_others_stay_as_they_are()
    {
        var schedule = Schedule(("a", _unitA, 1), ("b", _unitB, 1)); // due at 0, 1, ... and at 0.5, 1.5, ...
        RunAll(schedule, 0.5);

        schedule.Change(["b"], [Entry("c", new object(), 1)], Seconds(0.6));

        Assert.Equal("c 0.6, a 1, c 1.5, a 2, c 2.5, a 3", RunAll(schedule, 3));
    }

    [Fact]
    public void One_that_comes_for_another_of_its_unit_and_interval_takes_over_its_grid_and_is_run_at_once()
    {
        var schedule = Schedule(("a", _unitA, 10), ("b", _unitB, 10)); // due at 0, 10, ... and at 1, 11, ...
        RunAll(schedule, 5);

        schedule.Change(["b"], [Entry("b2", _unitB, 10)], Seconds(7));

        Assert.Equal("b2 7, a 10, b2 11, a 20, b2 21", RunAll(schedule, 25));
    }

    [Fact]
    public void One_that_leaves_while_it_is_run_may_end_without_effect()
    {
        var schedule = Schedule(("a", _unitA, 10));
        Assert.True(schedule.TryTake(Seconds(0), out _));

        schedule.Change(["a"], [Entry("a2", _unitA, 10)], Seconds(0.1));
        schedule.RunAt("a", Seconds(0.2));
        schedule.Complete("a", Seconds(0.3), PollEnd.Again);

        Assert.Equal("a2 0.3, a2 10", RunAll(schedule, 10, from: 0.3));
    }

    [Fact]
    public void The_last_one_may_leave_and_another_come()
    {
        var schedule = Schedule(("a", _unitA, 1));
        schedule.Change(["a"], [], Seconds(3));
        Assert.Equal(TimeSpan.MaxValue, schedule.NextDue);
        Assert.Equal("", RunAll(schedule, 9, from: 3));

        schedule.Change([], [Entry("b", _unitB, 1)], Seconds(9.25));

        Assert.Equal("b 9.25, b 10.25", RunAll(schedule, 11, from: 9.25));
    }

    [Fact]
    public void Many_that_come_at_once_are_spread_and_each_is_run_soon()
    {
        var schedule = Schedule(("a", _unitA, 60));
        RunAll(schedule, 30);

        for (int i = 0; i < 30; i++) schedule.Change([], [Entry($"n{i}", new object(), 60)], Seconds(30));

        var runs = Run(schedule, 149, from: 30);
        Assert.Equal([60, 120], runs.Where(run => run.Group is "a").Select(run => run.At));
        Assert.True(runs.GroupBy(run => run.At).All(together => together.Count() <= 2), "Too many are due together.");
        foreach (var times in runs.Where(run => run.Group is not "a").GroupBy(run => run.Group, run => run.At, StringComparer.Ordinal))
        {
            Assert.InRange(times.First(), 30, 60);
            Assert.Equal(60, times.Last() - times.SkipLast(1).Last(), precision: 3);
        }
    }

    [Fact]
    public void Under_overload_one_that_comes_waits_behind_those_that_have_waited()
    {
        var schedule = Schedule(("a", _unitA, 1), ("b", _unitB, 1));
        Assert.True(schedule.TryTake(Seconds(10), out string? first));
        schedule.Complete(first, Seconds(10), PollEnd.Again);
        Assert.True(schedule.TryTake(Seconds(10), out string? second));
        schedule.Complete(second, Seconds(10), PollEnd.Again);

        schedule.Change([], [Entry("c", new object(), 1)], Seconds(11));

        Assert.Equal("a 12, b 12, c 12", RunAll(schedule, 12, from: 12, count: 3));
    }

    private static string RunAll(PollSchedule<string> schedule, double until, double from = 0, int count = int.MaxValue) =>
        string.Join(", ", Run(schedule, until, from, count).Select(run => FormattableString.Invariant($"{run.Group} {run.At:0.######}")));

    /// <summary>Runs what is due, each in no time, until a time.</summary>
    private static List<(string Group, double At)> Run(
        PollSchedule<string> schedule, double until, double from = 0, int count = int.MaxValue)
    {
        var runs = new List<(string Group, double At)>();
        var now = Seconds(from);
        while (now <= Seconds(until) && runs.Count < count)
        {
            if (schedule.TryTake(now, out string? group))
            {
                runs.Add((group, now.TotalSeconds));
                schedule.Complete(group, now, PollEnd.Finished);
            }
            else
            {
                now = schedule.NextDue;
            }
        }

        return runs;
    }

    private static PollSchedule<string> Schedule(params (string Group, object Unit, double Interval)[] groups) =>
        new(groups.Select(g => Entry(g.Group, g.Unit, g.Interval)), TimeSpan.Zero);

    private static PollEntry<string> Entry(string group, object unit, double interval) => new(group, unit, Seconds(interval));

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
