namespace BridgeFramework.Drivers.Tests;

public sealed class DeadUnitCostTests
{
    private static readonly TimeSpan Answer = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromMilliseconds(500);

    [Fact]
    public void One_dead_unit_of_ten_costs_the_living_less_than_a_tenth_of_their_polls()
    {
        var units = Enumerable.Range(0, 10)
            .Select(i => new Unit($"unit {i}", new UnitHealth(3, UnitHealth.DefaultProbes with { Random = () => 0.5 }))).ToList();
        var schedule = new PollSchedule<Unit>(units.Select(u => new PollEntry<Unit>(u, u, TimeSpan.FromSeconds(1))), TimeSpan.Zero);
        var budget = new ProbeBudget();
        var dead = units[4];
        int polls = 0;
        var from = TimeSpan.FromSeconds(10);
        var end = TimeSpan.FromSeconds(110);
        var now = TimeSpan.Zero;
        while (now < end)
        {
            if (!schedule.TryTake(now, out var unit))
            {
                now = schedule.NextDue;
                continue;
            }

            if (unit != dead)
            {
                now += Answer;
                if (now > from) polls++;
            }
            else if (!unit.Health.IsOffline || unit.Health.TryProbe(now, budget, ResponseTimeout))
            {
                now += ResponseTimeout;
                unit.Health.TimedOut(now);
            }

            schedule.Complete(unit, now, PollEnd.Finished);
        }

        Assert.InRange(polls, 0.9 * 9 * 100, 9 * 100 + 9);
    }

    private sealed record Unit(string Name, UnitHealth Health);
}
