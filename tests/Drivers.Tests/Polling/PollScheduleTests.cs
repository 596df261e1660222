namespace BridgeFramework.Drivers.Tests;

public sealed class PollScheduleTests
{
    private static readonly object UnitA = new();
    private static readonly object UnitB = new();

    [Fact]
    public void A_group_is_due_on_a_fixed_grid_however_long_its_runs_take()
    {
        var schedule = Schedule(("a", UnitA, 1));
        Assert.Equal("a", Take(schedule, 0));
        schedule.Complete("a", Seconds(0.3), PollEnd.Finished);
        Assert.Null(Take(schedule, 0.999));
        Assert.Equal("a", Take(schedule, 1.2));
        schedule.Complete("a", Seconds(1.9), PollEnd.Finished);
        Assert.Equal(Seconds(2), schedule.NextDue);
        Assert.Equal(0, schedule.Skipped);
    }

    [Fact]
    public void A_late_group_runs_once_and_the_lost_runs_are_counted()
    {
        var schedule = Schedule(("a", UnitA, 1));
        Take(schedule, 0);
        schedule.Complete("a", Seconds(5.5), PollEnd.Finished);
        Assert.Equal(Seconds(6), schedule.NextDue);
        Assert.Equal(5, schedule.Skipped);
    }

    [Fact]
    public void The_phases_of_equal_intervals_are_spread()
    {
        var schedule = Schedule(("a", UnitA, 1), ("b", UnitB, 1));
        Assert.Equal("a", Take(schedule, 0));
        Assert.Null(Take(schedule, 0.49));
        Assert.Equal("b", Take(schedule, 0.5));
    }

    [Fact]
    public void The_oldest_due_comes_first()
    {
        var schedule = Schedule(("a", UnitA, 2), ("b", UnitB, 2));
        Assert.Equal("a", Take(schedule, 1.5));
        Assert.Equal("b", Take(schedule, 1.5));
    }

    [Fact]
    public void Under_overload_units_take_turns_however_many_groups_each_has()
    {
        var schedule = Schedule(("a1", UnitA, 1), ("a2", UnitA, 1), ("a3", UnitA, 1), ("b1", UnitB, 1));
        string taken = "";
        for (double now = 10; now < 18; now += 1)
        {
            string group = Take(schedule, now) ?? "";
            taken += group[0];
            schedule.Complete(group, Seconds(now + 0.999), PollEnd.Finished);
        }

        Assert.Equal("abababab", taken);
    }

    [Fact]
    public void A_group_that_wants_to_go_on_waits_behind_those_who_wait()
    {
        var schedule = Schedule(("a", UnitA, 10), ("b", UnitB, 10));
        Assert.Equal("a", Take(schedule, 2));
        schedule.Complete("a", Seconds(2), PollEnd.Again);
        Assert.Equal("b", Take(schedule, 2));
        Assert.Equal("a", Take(schedule, 2));
    }

    [Fact]
    public void An_additional_run_leaves_the_grid_alone()
    {
        var schedule = Schedule(("a", UnitA, 10));
        Take(schedule, 0);
        schedule.RunAt("a", Seconds(3));
        schedule.Complete("a", Seconds(1), PollEnd.Finished);
        Assert.Equal("a", Take(schedule, 3));
        schedule.Complete("a", Seconds(3.5), PollEnd.Finished);
        Assert.Equal(Seconds(10), schedule.NextDue);
    }

    private static PollSchedule<string> Schedule(params (string Group, object Unit, double Interval)[] groups) =>
        new(groups.Select(g => new PollEntry<string>(g.Group, g.Unit, Seconds(g.Interval))), TimeSpan.Zero);

    private static string? Take(PollSchedule<string> schedule, double now) =>
        schedule.TryTake(Seconds(now), out string? group) ? group : null;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
