namespace BridgeFramework.Runtime.Tests;

/// <summary>What those hear that follow the state of sub-devices, such as the outbox, which opens their lanes.</summary>
public sealed class FollowerTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void With_another_plan_followers_hear_once_more_of_one_that_is_online()
    {
        var meter = Simulation.Device("meter");
        using var simulation = Simulation.OneOnline(meter);
        simulation.Apply([], leaving: [meter.Id]);
        simulation.Run(Minute);
        simulation.Told.Clear();

        // Its lanes were closed meanwhile, and nothing but this would open them: it stays online all the time.
        simulation.Apply([meter]);

        Assert.Equal([(meter.Id, CloudState.Online)], simulation.Told);
    }

    [Fact]
    public void Of_one_that_is_not_online_followers_hear_nothing()
    {
        var meter = Simulation.Device("meter");
        using var simulation = Simulation.OneOnline(meter);
        simulation.Disconnect();
        simulation.Told.Clear();

        simulation.Apply([meter]);

        Assert.Empty(simulation.Told);
    }
}
