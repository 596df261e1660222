namespace BridgeFramework.Drivers.Tests;

public sealed class UnitHealthTests
{
    private static readonly Backoff Probes = UnitHealth.DefaultProbes with { Random = () => 0.5 };
    private static readonly TimeSpan Cost = TimeSpan.FromSeconds(1);

    [Fact]
    public void Three_requests_in_a_row_without_an_answer_take_it_offline()
    {
        var health = new UnitHealth(3, Probes);
        Assert.False(health.TimedOut(default));
        Assert.False(health.TimedOut(default));
        health.Answered();
        Assert.False(health.TimedOut(default));
        Assert.False(health.TimedOut(default));
        Assert.True(health.TimedOut(default));
        Assert.True(health.IsOffline);
        Assert.True(health.Answered());
        Assert.False(health.IsOffline);
    }

    [Fact]
    public void Probes_come_after_5_10_20_40_and_then_every_60_seconds()
    {
        var health = new UnitHealth(1, Probes);
        var now = TimeSpan.Zero;
        var delays = new List<double>();
        for (int i = 0; i < 6; i++)
        {
            health.TimedOut(now);
            delays.Add((health.NextProbe - now).TotalSeconds);
            now = health.NextProbe;
        }

        Assert.Equal([5, 10, 20, 40, 60, 60], delays);
    }

    [Fact]
    public void Twenty_dead_units_are_probed_one_per_ten_times_the_cost_of_a_probe()
    {
        var budget = new ProbeBudget();
        var units = Enumerable.Range(0, 20).Select(_ => new UnitHealth(1, Probes)).ToList();
        foreach (var unit in units) unit.TimedOut(TimeSpan.Zero);
        int probes = 0;
        for (var now = TimeSpan.FromSeconds(5); now < TimeSpan.FromSeconds(105); now += TimeSpan.FromSeconds(0.1))
        {
            foreach (var unit in units)
            {
                if (!unit.TryProbe(now, budget, Cost)) continue;
                probes++;
                unit.TimedOut(now);
            }
        }

        Assert.Equal(10, probes);
    }

    [Fact]
    public void A_line_that_is_back_lets_an_offline_unit_be_probed_at_once()
    {
        var health = new UnitHealth(1, Probes);
        health.TimedOut(TimeSpan.Zero);
        Assert.False(health.TryProbe(TimeSpan.FromSeconds(1), new ProbeBudget(), Cost));
        health.ProbeSoon(TimeSpan.FromSeconds(1));
        Assert.True(health.TryProbe(TimeSpan.FromSeconds(1), new ProbeBudget(), Cost));
    }
}
